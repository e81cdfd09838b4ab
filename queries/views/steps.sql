-- +++
-- doc = "Calls of the window as steps of a sequence: what each brought in, read, sent or destroyed, by the tool's labels, its arguments and the commands it ran."
-- materialise = true
-- [columns]
-- reads_untrusted = "Returned text that third parties wrote."
-- reads_private = "Read private data."
-- reads_secret = "Read credentials."
-- sends = "Sent data out."
-- sends_secret = "Sent data out with a command that names a file of credentials, or pushed one."
-- destroys = "Removed or overwrote data."
-- destination = "Where it sent to, the newest to the organisation first; null when the call names nothing."
-- novelty = "Whether the organisation knows that place: listed, known, seen or new."
-- novelty_says = "The same, as the end of the sentence `that destination …`."
-- does = "What its commands do, joined by commas; null for other tools."
-- +++
WITH acted AS (
  SELECT call_uid, bool_or(act = 'fetch') AS fetches, bool_or(act = 'send') AS sends, bool_or(act = 'secret') AS secret,
         bool_or(act IN ('destructive', 'catastrophic')) AS destroys, string_agg(DISTINCT meaning, ', ' ORDER BY meaning) AS does
  FROM command_acts
  GROUP BY call_uid
),
leaks AS (
  SELECT DISTINCT s.call_uid
  FROM command_acts s
  JOIN command_acts f ON f.call_uid = s.call_uid
  WHERE s.act = 'send' AND f.act = 'secret' AND (f.nth = s.nth OR (f.program = 'git' AND s.program = 'git'))
),
places AS (
  SELECT call_uid, first_value(destination ORDER BY rank, destination) AS destination, first_value(novelty ORDER BY rank, destination) AS novelty,
         first_value(says ORDER BY rank, destination) AS says
  FROM (SELECT *, CASE novelty WHEN 'new' THEN 0 WHEN 'seen' THEN 1 WHEN 'known' THEN 2 ELSE 3 END AS rank FROM call_destinations)
  GROUP BY call_uid
)
SELECT c.call_uid, c.session_id, c.conversation_id, c.position, c.seq, c.time, c.login, c.device, c.agent, c.integration, c.tool, c.arguments,
       c.outcome, c.export_key, c.record_id, c.result_export_key, c.result_record_id, c.result_message_id, a.does,
       coalesce(c.untrusted, a.fetches, false) AS reads_untrusted,
       coalesce(c.private, false) AS reads_private,
       coalesce(c.secret, false) OR coalesce(a.secret, false) AS reads_secret,
       coalesce(c.egress, a.sends, false) AS sends,
       l.call_uid IS NOT NULL AS sends_secret,
       coalesce(c.destructive, a.destroys, false) AS destroys,
       d.destination, d.novelty, d.says AS novelty_says
FROM calls c
LEFT JOIN acted a ON a.call_uid = c.call_uid
LEFT JOIN places d ON d.call_uid = c.call_uid
LEFT JOIN leaks l ON l.call_uid = c.call_uid
