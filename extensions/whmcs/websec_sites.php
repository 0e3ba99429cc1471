<?php
// Copyright (c) 2026, hosting.websec contributors
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// A hook of WHMCS: copy it to includes/hooks/. It adds one line of JSON to a file, and does nothing else: it runs no
// program and calls no vendor. commit_sites.py, which runs as another user, brings these lines into git. See
// docs/panels.md.
//
// The parameters of a module contain the passwords of the customer and of the server, so only the values below are
// copied. The hooks and their parameters are those of developers.whmcs.com (hooks reference, module).

if (!defined('WHMCS')) {
    die('This file cannot be accessed directly');
}

// Outside of the web root, writable for the user of PHP and for that of commit_sites.py.
if (!defined('WEBSEC_SPOOL')) {
    define('WEBSEC_SPOOL', '/var/spool/websec-whmcs/events.jsonl');
}

const WEBSEC_EVENTS = [
    'AfterModuleCreate' => 'create',
    'AfterModuleSuspend' => 'suspend',
    'AfterModuleUnsuspend' => 'unsuspend',
    'AfterModuleTerminate' => 'terminate',
    'AfterModuleChangePackage' => 'change',
];

foreach (WEBSEC_EVENTS as $websecPoint => $websecEvent) {
    add_hook($websecPoint, 1, static function (array $vars) use ($websecEvent): void {
        websec_note($websecEvent, is_array($vars['params'] ?? null) ? $vars['params'] : []);
    });
}

/**
 * Adds a line to the spool. Never fails the order: what goes wrong is in the activity log of WHMCS.
 */
function websec_note(string $event, array $params): void
{
    try {
        $line = websec_line($event, $params);
        if ($line === null) {
            return;
        }
        if (@file_put_contents(WEBSEC_SPOOL, $line, FILE_APPEND | LOCK_EX) !== strlen($line)) {
            websec_log('the event ' . $event . ' could not be written to ' . WEBSEC_SPOOL);
        }
    } catch (Throwable $problem) {
        // Without its text, which could contain parameters.
        websec_log('the event ' . $event . ' was lost: ' . get_class($problem));
    }
}

/**
 * The line of an event; null if it is about no service with a domain name.
 */
function websec_line(string $event, array $params): ?string
{
    $service = websec_number($params['serviceid'] ?? null);
    $product = websec_number($params['pid'] ?? null);
    $domain = websec_domain($params['domain'] ?? null);
    if ($service === null || $product === null || $domain === null) {
        websec_log('the event ' . $event . ' of service ' . ($service ?? '?') . ' has no product or no valid domain');
        return null;
    }
    $line = ['event' => $event, 'service' => $service, 'product' => $product, 'domain' => $domain];
    // A line before it that was cut off, by a full disk for example, must not spoil this one.
    return "\n" . json_encode($line, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES) . "\n";
}

/** @param mixed $value */
function websec_number($value): ?int
{
    return (is_int($value) || is_string($value)) && preg_match('/\A[1-9][0-9]{0,9}\z/', (string) $value)
        ? (int) $value : null;
}

/**
 * A domain as customers type it, in lower case and as punycode; null if it is none.
 *
 * @param mixed $value
 */
function websec_domain($value): ?string
{
    if (!is_string($value)) {
        return null;
    }
    $name = trim($value);
    if (preg_match('/[^\x00-\x7f]/', $name)) {
        $name = function_exists('idn_to_ascii') ? (string) idn_to_ascii($name) : '';
    }
    $name = strtolower($name);
    $valid = strlen($name) <= 253
        && preg_match('/\A(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])\z/', $name);
    return $valid ? $name : null;
}

function websec_log(string $text): void
{
    if (function_exists('logActivity')) {
        logActivity('hosting.websec: ' . $text);
    }
}
