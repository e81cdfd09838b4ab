-- +++
-- doc = "Calls of the window that leave a trace outside the conversation, or read an address: those that somebody might have ordered."
-- materialise = true
-- [columns]
-- words = "The words of the tool's name in lower case, each between spaces."
-- weak = "Whether the call is a command, a read, or of a tool of which nothing is known: what was read before often explains it. Fetching a page is a read."
-- +++
SELECT call_uid, conversation_id, session_id, login, integration, tool, seq, position, arguments, arguments_digest, outcome,
       ' ' || lower(regexp_replace(regexp_replace(tool, '([a-z0-9])([A-Z])', '\1 \2', 'g'), '[^A-Za-z0-9]+', ' ', 'g')) || ' ' AS words,
       coalesce(egress, false) AS egress, coalesce(destructive, false) AS destructive, coalesce(state_change, false) AS state_change,
       coalesce(executes, true) OR NOT coalesce(state_change OR destructive OR (egress AND NOT coalesce(untrusted, false)), false) AS weak
FROM calls
WHERE egress OR state_change OR destructive OR install OR persistence OR guard_off OR label_source = 'none'
   OR (untrusted AND regexp_like(arguments, '://|www\.'))
