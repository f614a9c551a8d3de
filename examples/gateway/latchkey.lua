-- Asks Latchkey's gate about a request. When, and where the gate is, stands in haproxy.cfg.

local QUESTION = "http://latchkey/api/auth/verify"
local GATE = "abns@latchkey"
-- Longer than what haproxy.cfg gives the gate in all, for this client would try again.
local MILLISECONDS = 10000
local IDENTITY = {
    "X-Auth-User-Id", "X-Auth-Email", "X-Auth-Email-Verified", "X-Auth-Issuer", "X-Auth-Session-Id", "X-Auth-Roles",
}
local PASSED_ON = { "content-type", "www-authenticate", "cache-control" }

-- What is neither an allowance nor a refusal of the gate ends here without a word of it, and haproxy.cfg denies.
core.register_action("latchkey", { "http-req" }, function(txn)
    local client = txn.http:req_get_headers()
    local answer = core.httpclient():get({
        url = QUESTION,
        dst = GATE,
        timeout = MILLISECONDS,
        -- Of the client's own nothing but these. All values of a header, so that two of them are seen to be two.
        headers = {
            ["authorization"] = client["authorization"],
            ["user-agent"] = client["user-agent"],
            ["x-forwarded-for"] = { txn.f:src() },
            ["x-original-method"] = { txn.f:method() },
            -- The target as it was sent, as the backend gets it.
            ["x-original-uri"] = { txn.f:url() },
        },
    })
    if answer == nil or answer.headers == nil then
        return
    end

    if answer.status == 401 or answer.status == 403 then
        local headers = {}
        for _, name in ipairs(PASSED_ON) do
            headers[name] = answer.headers[name]
        end
        txn:done(txn:reply({ status = answer.status, headers = headers, body = answer.body }))
        return
    end

    if answer.status ~= 200 then
        return
    end
    for _, name in ipairs(IDENTITY) do
        local values = answer.headers[string.lower(name)]
        -- A 200 without them comes from something else than the gate.
        if values == nil or values[0] == nil or values[1] ~= nil then
            return
        end
        txn.http:req_set_header(name, values[0])
    end
    txn:set_var("txn.latchkey", "allowed")
end, 0)
