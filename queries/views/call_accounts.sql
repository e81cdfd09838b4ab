-- +++
-- doc = "How calls of the window are told: who called what, and whether it was executed, failed, was refused, or was only proposed."
-- derived = true
-- [columns]
-- opening = "Start of a sentence: `Claude Code of ana called github/create_issue`."
-- ending = "End of a sentence, with its full stop: `the call was executed.`."
-- consequence = "What came of it, a name of catalog/consequences.toml."
-- severity = "How bad that is if somebody else wanted the call, by the same catalogue."
-- evidence = "Its records: the call, and what came back."
-- [[case]]
-- name = "data is removed"
-- calls = [ { login = "ana", agent = "Claude Code", export_key = "e", record_id = 1, call_uid = "c", integration = "x", tool = "delete_file", outcome = "ok", destructive = true } ]
-- expect = [ { consequence = "destroys", severity = "high" } ]
-- [[case]]
-- name = "an order of goods"
-- calls = [ { login = "ana", agent = "Claude Code", export_key = "e", record_id = 1, call_uid = "c", integration = "x", tool = "placeOrder", arguments = '{"items":[{"sku":"a"}]}', outcome = "ok", egress = true, state_change = true } ]
-- expect = [ { consequence = "pays" } ]
-- [[case]]
-- name = "a plain verb without a word of money"
-- calls = [ { login = "ana", agent = "Claude Code", export_key = "e", record_id = 1, call_uid = "c", integration = "x", tool = "transfer_call", arguments = '{"to":"Ben"}', outcome = "ok", egress = true, state_change = true } ]
-- expect = [ { consequence = "sends", severity = "high" } ]
-- [[case]]
-- name = "the order of rows"
-- calls = [ { login = "ana", agent = "Claude Code", export_key = "e", record_id = 1, call_uid = "c", integration = "x", tool = "set_sort_order", arguments = '{"by":"name"}', outcome = "ok", state_change = true } ]
-- expect = [ { consequence = "changes" } ]
-- [[case]]
-- name = "money is moved"
-- calls = [ { login = "ana", agent = "Claude Code", export_key = "e", record_id = 1, call_uid = "c", integration = "x", tool = "send_payment", outcome = "ok", egress = true, state_change = true } ]
-- expect = [ { consequence = "pays", severity = "critical" } ]
-- [[case]]
-- name = "credentials are read and sent"
-- calls = [ { login = "ana", agent = "Claude Code", export_key = "e", record_id = 1, call_uid = "c", integration = "x", tool = "run", outcome = "ok", egress = true, secret = true } ]
-- expect = [ { consequence = "gives-away-secrets", severity = "critical" } ]
-- [[case]]
-- name = "a protection is switched off"
-- calls = [ { login = "ana", agent = "Claude Code", export_key = "e", record_id = 1, call_uid = "c", integration = "x", tool = "run", outcome = "ok", guard_off = true } ]
-- expect = [ { consequence = "stays", severity = "critical" } ]
-- [[case]]
-- name = "a protection is removed"
-- calls = [ { login = "ana", agent = "Claude Code", export_key = "e", record_id = 1, call_uid = "c", integration = "x", tool = "delete_rule", outcome = "ok", destructive = true, guard_off = true } ]
-- expect = [ { consequence = "stays" } ]
-- [[case]]
-- name = "a message is sent"
-- calls = [ { login = "ana", agent = "Claude Code", export_key = "e", record_id = 1, call_uid = "c", integration = "x", tool = "send_email", outcome = "ok", egress = true } ]
-- expect = [ { consequence = "sends", severity = "high" } ]
-- [[case]]
-- name = "something is changed"
-- calls = [ { login = "ana", agent = "Claude Code", export_key = "e", record_id = 1, call_uid = "c", integration = "x", tool = "update_event", outcome = "ok", state_change = true } ]
-- expect = [ { consequence = "changes", severity = "high" } ]
-- [[case]]
-- name = "nothing that is known"
-- calls = [ { login = "ana", agent = "Claude Code", export_key = "e", record_id = 1, call_uid = "c", integration = "x", tool = "get_day", outcome = "ok" } ]
-- expect = [ { consequence = "other", severity = "medium" } ]
-- [[case]]
-- name = "a list of payments is read"
-- calls = [ { login = "ana", agent = "Claude Code", export_key = "e", record_id = 1, call_uid = "c", integration = "x", tool = "list_payments", outcome = "ok", private = true } ]
-- expect = [ { consequence = "other", severity = "medium" } ]
-- [[case]]
-- name = "a payment that failed"
-- calls = [ { login = "ana", agent = "Claude Code", export_key = "e", record_id = 1, call_uid = "c", integration = "x", tool = "send_payment", outcome = "error", egress = true, state_change = true } ]
-- expect = [ { consequence = "failed", severity = "medium" } ]
-- [[case]]
-- name = "a command that failed"
-- calls = [ { login = "ana", agent = "Claude Code", export_key = "e", record_id = 1, call_uid = "c", integration = "x", tool = "run", outcome = "error", executes = true, destructive = true } ]
-- expect = [ { consequence = "failed-command", severity = "high" } ]
-- [[case]]
-- name = "a deletion that was refused"
-- calls = [ { login = "ana", agent = "Claude Code", export_key = "e", record_id = 1, call_uid = "c", integration = "x", tool = "delete_file", outcome = "refused", destructive = true } ]
-- expect = [ { consequence = "stopped", severity = "medium" } ]
-- [[case]]
-- name = "a deletion that was only proposed"
-- calls = [ { login = "ana", agent = "Claude Code", export_key = "e", record_id = 1, call_uid = "c", integration = "x", tool = "delete_file", outcome = "attempted", destructive = true } ]
-- expect = [ { consequence = "stopped", severity = "medium" } ]
-- +++
WITH pays AS (
  SELECT ' (' || string_agg(word, '|' ORDER BY word) FILTER (WHERE role = 'alone') || ') ' AS alone,
         ' (' || string_agg(word, '|' ORDER BY word) FILTER (WHERE role = 'plain') || ') ' AS plain,
         ' (' || string_agg(word, '|' ORDER BY word) FILTER (WHERE role = 'support') || ') ' AS support
  FROM catalog_money_words
),
worded AS (
  SELECT *,
         ' ' || lower(regexp_replace(regexp_replace(tool, '([a-z0-9])([A-Z])', '\1 \2', 'g'), '[^A-Za-z0-9]+', ' ', 'g')) || ' ' AS words,
         ' ' || lower(regexp_replace(regexp_replace(left(arguments, 4000), '([a-z0-9])([A-Z])', '\1 \2', 'g'), '[^A-Za-z0-9]+', ' ', 'g')) || ' ' AS given
  FROM calls
),
told AS (
  SELECT c.*,
         CASE WHEN c.outcome IN ('attempted', 'refused') THEN 'stopped'
              WHEN c.outcome = 'error' THEN CASE WHEN c.executes THEN 'failed-command' ELSE 'failed' END
              WHEN (c.state_change OR c.egress) AND NOT coalesce(c.executes, false)
                   AND (regexp_like(c.words, p.alone) OR regexp_like(c.words, p.plain) AND (regexp_like(c.words, p.support) OR regexp_like(c.given, p.support))) THEN 'pays'
              WHEN c.egress AND c.secret THEN 'gives-away-secrets'
              WHEN c.persistence OR c.guard_off THEN 'stays'
              WHEN c.destructive THEN 'destroys'
              WHEN c.install THEN 'installs'
              WHEN c.egress THEN 'sends'
              WHEN c.state_change THEN 'changes'
              ELSE 'other' END AS consequence
  FROM worded c
  CROSS JOIN pays p
)
SELECT t.call_uid,
       t.agent || ' of ' || t.login
         || CASE t.outcome WHEN 'ok' THEN ' called ' WHEN 'error' THEN ' called ' WHEN 'refused' THEN ' wanted to call ' ELSE ' proposed to call ' END
         || t.integration || '/' || t.tool AS opening,
       CASE t.outcome WHEN 'ok' THEN 'the call was executed.' WHEN 'error' THEN 'the call failed.' WHEN 'refused' THEN 'the call was refused.'
                      ELSE 'no result was seen, so it was proposed, not executed.' END AS ending,
       t.consequence,
       k.severity,
       CASE WHEN t.result_export_key IS NULL THEN make_array(evidence(t.export_key, t.record_id))
            ELSE make_array(evidence(t.export_key, t.record_id), evidence(t.result_export_key, t.result_record_id)) END AS evidence
FROM told t
JOIN catalog_consequences k ON k.consequence = t.consequence
