-- Rows as the service wrote them in schema V005, all invented. SchemaUpgradeDatabaseTest inserts them into an empty
-- database of that schema, migrates it, and compares the new columns with V005.json. It is never changed.

insert into users
    (id, email, name, image, email_verified, roles, disabled_at, created_at, updated_at)
values
    ('01990000-0000-7000-8000-0000000000ad', 'ada@example.com', 'Ada Example', 'https://example.com/ada.png', true, '{admin,editor}', null, '2026-10-01 09:00:00Z', '2026-10-03 09:00:00Z'),
    ('01990000-0000-7000-8000-00000000000e', 'eve@example.com', null, null, false, '{}', null, '2026-10-01 09:00:00Z', '2026-10-01 09:00:00Z'),
    ('01990000-0000-7000-8000-0000000000b0', 'bob@example.com', 'Bób Example', null, true, '{}', null, '2026-10-02 09:00:00Z', '2026-10-02 09:00:00Z'),
    ('01990000-0000-7000-8000-0000000000da', 'dan@example.com', 'Dan, who is disabled', null, true, '{editor}', '2026-10-04 09:00:00Z', '2026-10-02 09:00:00Z', '2026-10-04 09:00:00Z'),
    ('ImportedFromBetterAuth0000000001', 'imported@example.com', 'Imported Example', null, true, '{}', null, '2026-10-02 09:00:00Z', '2026-10-02 09:00:00Z');

-- Before the sessions: a credential that is added later ends them.
insert into credentials
    (user_id, kind, reference, secret, created_at, updated_at)
values
    ('01990000-0000-7000-8000-0000000000ad', 'password', '', '$argon2id$v=19$m=19456,t=2,p=1$aW52ZW50ZWQgc2FsdCE$aW52ZW50ZWQgaGFzaCwgd2hpY2ggbm9ib2R5IGhhcw', '2026-10-01 09:00:00Z', '2026-10-03 09:00:00Z'),
    ('01990000-0000-7000-8000-00000000000e', 'password', '', '$argon2id$v=19$m=19456,t=2,p=1$aW52ZW50ZWQgc2FsdCE$aW52ZW50ZWQgaGFzaCwgd2hpY2ggbm9ib2R5IGhhcw', '2026-10-01 09:00:00Z', '2026-10-01 09:00:00Z'),
    ('01990000-0000-7000-8000-0000000000b0', 'password', '', '$argon2id$v=19$m=19456,t=2,p=1$aW52ZW50ZWQgc2FsdCE$aW52ZW50ZWQgaGFzaCwgd2hpY2ggbm9ib2R5IGhhcw', '2026-10-02 09:00:00Z', '2026-10-02 09:00:00Z'),
    ('01990000-0000-7000-8000-0000000000da', 'password', '', '$argon2id$v=19$m=19456,t=2,p=1$aW52ZW50ZWQgc2FsdCE$aW52ZW50ZWQgaGFzaCwgd2hpY2ggbm9ib2R5IGhhcw', '2026-10-02 09:00:00Z', '2026-10-02 09:00:00Z'),
    ('ImportedFromBetterAuth0000000001', 'password', '', '9b8d7c6b5a49382716050403020100ff:00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff', '2026-10-02 09:00:00Z', '2026-10-02 09:00:00Z');

-- Before the links: a revocation withdraws those that are out.
insert into user_revocations
    (user_id, spared_session, issued_before, expires_at)
values
    ('01990000-0000-7000-8000-0000000000ad', '01990000-0000-7000-8001-000000000001', '2026-10-03 09:00:00Z', '2026-10-03 09:16:10Z'),
    ('01990000-0000-7000-8000-0000000000da', '', '2026-10-04 09:00:00Z', '2099-12-31 09:00:00Z'),
    ('01990000-0000-7000-8000-00000000dead', '', '2026-10-04 09:00:00Z', '2099-12-31 09:00:00Z');

insert into sessions
    (id, user_id, created_at, authenticated_at, last_used_at, idle_expires_at, absolute_expires_at, remembered, ip, user_agent, generation, refresh_hash, successor_salt, spent_at, token_hash)
values
    ('01990000-0000-7000-8001-000000000001', '01990000-0000-7000-8000-0000000000ad', '2026-10-01 09:00:00Z', '2026-10-01 09:00:00Z', '2026-10-03 09:00:00Z', '2099-12-31 09:00:00Z', '2099-12-31 09:00:00Z', true, '192.0.2.1', 'Firefox/133.0', 7, '\xa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1', '\x5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a', '{"2026-10-03 08:59:50Z","2026-10-03 09:00:00Z"}', null),
    ('01990000-0000-7000-8001-000000000002', '01990000-0000-7000-8000-0000000000ad', '2026-10-01 09:00:00Z', '2026-10-01 09:00:00Z', '2026-10-02 09:00:00Z', '2099-12-31 09:00:00Z', '2099-12-31 09:00:00Z', false, '2001:db8::1', 'curl/8.5.0', 0, '\xa2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2', null, '{}', null),
    ('01990000-0000-7000-8001-000000000003', '01990000-0000-7000-8000-0000000000ad', '2026-10-03 09:00:00Z', '2026-10-03 09:00:00Z', '2026-10-03 09:00:00Z', '2099-12-31 09:00:00Z', '2099-12-31 09:00:00Z', true, '192.0.2.1', 'Mozilla/5.0 (invented)', 0, '\xa3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3', null, '{}', '\xb3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3'),
    ('01990000-0000-7000-8001-000000000004', '01990000-0000-7000-8000-00000000000e', '2026-10-01 09:00:00Z', '2026-10-01 09:00:00Z', '2026-10-01 09:00:00Z', '2026-10-08 09:00:00Z', '2099-12-31 09:00:00Z', true, '192.0.2.2', '', 1, '\xa4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4', '\x5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b', '{"2026-10-01 09:00:00Z"}', null),
    ('01990000-0000-7000-8001-000000000005', 'ImportedFromBetterAuth0000000001', '2026-10-02 09:00:00Z', '1970-01-01 00:00:00Z', '2026-10-02 09:00:00Z', '2099-12-31 09:00:00Z', '2099-12-31 09:00:00Z', true, '', '', 0, '\xa5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5', null, '{}', '\xb5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5'),
    ('01990000-0000-7000-8001-000000000006', '01990000-0000-7000-8000-00000000000e', '2026-08-01 09:00:00Z', '2026-08-01 09:00:00Z', '2026-08-02 09:00:00Z', '2026-08-31 09:00:00Z', '2026-08-31 09:00:00Z', true, '192.0.2.2', '', 2, '\xa6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6', '\x5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c', '{}', null);

insert into revocations
    (session_id, revoked_at, expires_at)
values
    ('01990000-0000-7000-8001-000000000090', '2026-10-03 09:00:00Z', '2099-12-31 09:00:00Z'),
    ('01990000-0000-7000-8001-000000000091', '2026-10-01 08:00:00Z', '2026-10-01 08:16:10Z');

insert into signing_keys
    (id, algorithm, public_jwk, private_sealed, created_at, signs_from, retired_at)
values
    ('key-of-september', 'EdDSA', '{"kty":"OKP","crv":"Ed25519","x":"c2VwdGVtYmVyLCBpbnZlbnRlZCwgMzIgYnl0ZXMgbG8","use":"sig","alg":"EdDSA","kid":"key-of-september"}', '\x090909090909090909090909090909090909090909090909090909090909090909090909090909090909090909090909090909090909090909090909', '2026-09-01 09:00:00Z', '2026-09-01 09:00:00Z', '2026-10-04 09:00:00Z'),
    ('key-of-october', 'EdDSA', '{"kty":"OKP","crv":"Ed25519","x":"b2N0b2JlciwgYWxzbyBpbnZlbnRlZCwgMzIgYnl0ZXM","use":"sig","alg":"EdDSA","kid":"key-of-october"}', '\x101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010', '2026-10-01 09:00:00Z', '2026-10-02 09:00:00Z', null);

insert into audit_events
    (id, user_id, type, at, ip, user_agent, outcome, details)
values
    ('01990000-0000-7000-8001-000000000071', '01990000-0000-7000-8000-0000000000ad', 'sign_up', '2026-10-01 09:00:00Z', '192.0.2.1', 'Firefox/133.0', 'success', '{"session_id": "01990000-0000-7000-8001-000000000001"}'),
    ('01990000-0000-7000-8001-000000000072', null, 'sign_in', '2026-10-02 09:00:00Z', '203.0.113.9', '', 'failure', '{"reason": "unknown_account"}'),
    ('01990000-0000-7000-8001-000000000073', '01990000-0000-7000-8000-0000000000da', 'account_disabled', '2026-10-04 09:00:00Z', '', 'database', 'success', '{"by": "operator"}'),
    ('01990000-0000-7000-8001-000000000074', '01990000-0000-7000-8000-00000000dead', 'account_deletion', '2026-10-04 09:00:00Z', '192.0.2.3', 'Firefox/133.0', 'success', '{}');

insert into throttle_buckets
    (id, taken_at, expires_at)
values
    ('address:203.0.113.9', '{"2026-10-02 09:00:00Z"}', '2026-10-02 09:15:00Z'),
    ('account:0f00000000000000000000000000000000000000000000000000000000000000', '{"2026-10-02 09:00:00Z","2026-10-02 09:00:01Z"}', '2099-11-01 09:00:01Z');

insert into mailed_links
    (id, purpose, user_id, address, target, created_at, expires_at, used_at)
values
    ('1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a', 'password_reset', '01990000-0000-7000-8000-00000000000e', 'eve@example.com', null, '2026-10-03 09:00:00Z', '2099-12-31 09:00:00Z', null),
    ('2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b', 'email_verification', '01990000-0000-7000-8000-00000000000e', 'eve@example.com', null, '2026-10-01 09:00:00Z', '2099-12-31 09:00:00Z', null),
    ('3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c', 'email_change', '01990000-0000-7000-8000-0000000000b0', 'bob@example.com', 'bob.next@example.com', '2026-10-03 09:00:00Z', '2099-12-31 09:00:00Z', null),
    ('5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e', 'account_deletion', '01990000-0000-7000-8000-0000000000ad', 'ada@example.com', null, '2026-10-02 09:00:00Z', '2026-10-03 09:00:00Z', '2026-10-02 09:00:00Z');

-- What a replica says at its start.
update revocation_policy set kept = '20 minutes', leeway = '10 seconds';
