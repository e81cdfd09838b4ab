-- +++
-- doc = "Who was offered and who called which tool, in the window: one row per tool, login, device and agent."
-- [columns]
-- first_seen = "First offer or call; an offer that reaches back before the window keeps its start."
-- last_seen = "Last offer or call."
-- offers = "Requests that offered it."
-- calls = "Calls, each once."
-- export_key = "Export of the record that showed it first."
-- +++
SELECT u.* EXCEPT (span)
FROM tool_use_by_span u
WHERE span = 'window'
