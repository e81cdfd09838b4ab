-- +++
-- doc = "Who was offered and who called which tool, over the whole lake: one row per tool, login, device and agent."
-- [columns]
-- answered = "Calls for which something came back."
-- errors = "Calls whose result was an error."
-- refused = "Calls that a person or a policy refused."
-- first_called = "First call."
-- last_called = "Last call."
-- first_seen = "First offer or call."
-- last_seen = "Last offer or call."
-- offers = "Requests that offered it."
-- calls = "Calls, each once."
-- export_key = "Export of the record that showed it first."
-- +++
SELECT u.* EXCEPT (span)
FROM tool_use_by_span u
WHERE span = 'lake'
