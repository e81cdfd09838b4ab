-- +++
-- title = "Unusual use together with a risky act"
-- severity = "high"
-- confidence = "medium"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "A user's use was unusual, and within a day the same user shows a risky sequence or an exposed secret."
-- impact = "Each alone is often harmless; together they are what a hijacked agent or a stolen login looks like."
-- false_positives = [
--   "A first large deployment that also prints credentials.",
-- ]
-- next_steps = [
--   "Ask {whom} whether this was meant.",
--   "Take back what left here, and treat it as known to whoever reads there: {left}.",
--   "Remove what was left to run later: {left_behind}; then look for more of the kind on that machine.",
--   "Block {runs_from}, which it names, and see who else has met it.",
--   "lightmeter hunt {runs_from}",
--   "Put back what was changed in {settings}, which decides what an agent may do.",
--   "Stop the agent that ran unguarded, and look at what it did: {unguarded}",
--   "If nobody meant it, end the sessions of the login.",
--   "Rotate what {login} exposed, as the list of secrets says: {exposed}.",
--   "SELECT detection, first_seen, session_id, reason FROM signals WHERE login = '{login}' ORDER BY first_seen, detection",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI10", "owasp-asi:2026:ASI01", "owasp-llm:2025:LLM06"]
-- [params]
-- hours = 24
-- quote_chars = 120
-- [[case]]
-- name = "what is unusual and what is risky are the same calls"
-- signals = [
--   { detection = "usage.new-behaviour", subject = "ana", reason = "More.", first_seen = 2026-03-10T08:00:00Z, last_seen = 2026-03-10T08:00:00Z, count = 2, login = "ana", severity = "medium", confidence = "medium", evidence = ["e#1"] },
--   { detection = "sequences.x", subject = "host", reason = "A sequence.", first_seen = 2026-03-10T08:00:00Z, last_seen = 2026-03-10T08:01:00Z, count = 1, session_id = "s", login = "ana", severity = "high", confidence = "medium", evidence = ["e#1", "e#2"] },
-- ]
-- expect = [ { subject = "ana", reason = "More. The same calls are what is risky: A sequence." } ]
-- [[case]]
-- name = "more use than ever, and a risky sequence"
-- signals = [
--   { detection = "usage.unusual-volume", subject = "ana", reason = "More.", first_seen = 2026-03-10T08:00:00Z, last_seen = 2026-03-10T18:00:00Z, count = 620, login = "ana", severity = "low", confidence = "low", evidence = ["e#1"] },
--   { detection = "sequences.x", subject = "host", reason = "A sequence.", first_seen = 2026-03-10T12:00:00Z, last_seen = 2026-03-10T12:10:00Z, count = 1, session_id = "s", login = "ana", severity = "high", confidence = "medium", evidence = ["e#2"] },
-- ]
-- expect = [ { subject = "ana", login = "ana", count = 2, evidence = ["e#1", "e#2"], reason = "More. Within 24 hours of it: A sequence." } ]
-- [[case]]
-- name = "what was left to run later is named, with where it fetches from"
-- signals = [
--   { detection = "usage.new-behaviour", subject = "tag:lab", reason = "More.", first_seen = 2026-03-10T08:00:00Z, last_seen = 2026-03-10T08:00:00Z, count = 2, login = "tag:lab", device = "n1", severity = "medium", confidence = "medium", evidence = ["e#1"] },
--   { detection = "sequences.persistence-write", subject = ".x", reason = "A sequence.", first_seen = 2026-03-10T08:01:00Z, last_seen = 2026-03-10T08:01:00Z, count = 1, session_id = "s", login = "tag:lab", device = "n1", severity = "high", confidence = "medium", evidence = ["e#2"] },
-- ]
-- command_acts = [
--   { login = "tag:lab", device = "n1", session_id = "s", call_uid = "c1", nth = 1, act = "persist", meaning = "plans a job", program = "crontab", text = "crontab -", outcome = "ok", time = 2026-03-10T08:00:00Z },
--   { login = "tag:lab", device = "n1", session_id = "s", call_uid = "c3", nth = 1, act = "persist", meaning = "makes git run something", program = "git", text = "git config", outcome = "refused", time = 2026-03-10T08:00:30Z },
-- ]
-- path_acts = [
--   { login = "tag:lab", device = "n1", session_id = "s", call_uid = "c2", act = "persistence", path = "~/.x", meaning = "a file", outcome = "ok", time = 2026-03-10T08:01:00Z },
--   { login = "ben", device = "n2", session_id = "t", call_uid = "c4", act = "persistence", path = "~/.y", meaning = "a file", outcome = "ok", time = 2026-03-10T08:01:00Z },
-- ]
-- entities = [
--   { source = "call", source_id = "c1", kind = "host", value = "boot.example", domain = "boot.example", relation = "mention" },
--   { source = "call", source_id = "c2", kind = "host", value = "boot.example", domain = "boot.example", relation = "mention" },
--   { source = "call", source_id = "c4", kind = "host", value = "other.example", domain = "other.example", relation = "mention" },
-- ]
-- expect = [ { subject = "tag:lab", device = "n1", left_behind = "crontab (plans a job), ~/.x", runs_from = ["boot.example"], reason = "More. Within 24 hours of it: A sequence. Left to run later: crontab (plans a job), ~/.x, naming boot[.]example." } ]
-- [[case]]
-- name = "guards that were switched off are named"
-- signals = [
--   { detection = "usage.new-behaviour", subject = "ana", reason = "More.", first_seen = 2026-03-10T08:00:00Z, last_seen = 2026-03-10T08:00:00Z, count = 2, login = "ana", severity = "medium", confidence = "medium", evidence = ["e#1"] },
--   { detection = "sequences.approvals-off", subject = "prog", reason = "A sequence.", first_seen = 2026-03-10T08:01:00Z, last_seen = 2026-03-10T08:01:00Z, count = 1, session_id = "s", login = "ana", severity = "medium", confidence = "high", evidence = ["e#2"] },
-- ]
-- command_acts = [
--   { login = "ana", session_id = "s", call_uid = "c1", nth = 1, act = "guard-off", meaning = "starts an agent that asks for no approval", program = "prog", text = "prog --yolo", outcome = "ok", time = 2026-03-10T08:01:00Z },
-- ]
-- path_acts = [
--   { login = "ana", session_id = "s", call_uid = "c2", act = "agent-config", path = "~/.prog/config", meaning = "a file", outcome = "ok", time = 2026-03-10T08:00:00Z },
-- ]
-- expect = [ { subject = "ana", unguarded = "prog --yolo", settings = "~/.prog/config", reason = "More. Within 24 hours of it: A sequence." } ]
-- [[case]]
-- name = "a new kind of action, and an exposed secret"
-- signals = [
--   { detection = "usage.new-behaviour", subject = "ana", reason = "More.", first_seen = 2026-03-10T08:00:00Z, last_seen = 2026-03-10T18:00:00Z, count = 620, login = "ana", severity = "low", confidence = "low", evidence = ["e#1"] },
--   { detection = "secrets.y", subject = "host", reason = "A sequence.", first_seen = 2026-03-10T12:00:00Z, last_seen = 2026-03-10T12:10:00Z, count = 1, session_id = "s", login = "ana", severity = "high", confidence = "medium", evidence = ["e#2"] },
-- ]
-- expect = [ { subject = "ana", exposed = "host" } ]
-- [[case]]
-- name = "the risky act on the next morning"
-- signals = [
--   { detection = "usage.unusual-volume", subject = "ana", reason = "More.", first_seen = 2026-03-10T08:00:00Z, last_seen = 2026-03-10T18:00:00Z, count = 620, login = "ana", severity = "low", confidence = "low", evidence = ["e#1"] },
--   { detection = "sequences.x", subject = "host", reason = "A sequence.", first_seen = 2026-03-11T17:00:00Z, last_seen = 2026-03-11T17:00:00Z, count = 1, session_id = "s", login = "ana", severity = "high", confidence = "medium", evidence = ["e#2"] },
-- ]
-- expect = [ { subject = "ana" } ]
-- [[case]]
-- name = "a burst is enough with a medium signal"
-- signals = [
--   { detection = "usage.unusual-volume", subject = "ana", reason = "More.", first_seen = 2026-03-10T08:00:00Z, last_seen = 2026-03-10T18:00:00Z, count = 620, login = "ana", severity = "medium", confidence = "low", evidence = ["e#1"] },
--   { detection = "sequences.x", subject = "host", reason = "A sequence.", first_seen = 2026-03-10T12:00:00Z, last_seen = 2026-03-10T12:10:00Z, count = 1, session_id = "s", login = "ana", severity = "medium", confidence = "medium", evidence = ["e#2"] },
-- ]
-- expect = [ { subject = "ana" } ]
-- [[case]]
-- name = "another user"
-- signals = [
--   { detection = "usage.unusual-volume", subject = "ana", reason = "More.", first_seen = 2026-03-10T08:00:00Z, last_seen = 2026-03-10T18:00:00Z, count = 620, login = "ana", severity = "low", confidence = "low", evidence = ["e#1"] },
--   { detection = "sequences.x", subject = "host", reason = "A sequence.", first_seen = 2026-03-10T12:00:00Z, last_seen = 2026-03-10T12:10:00Z, count = 1, session_id = "s", login = "ben", severity = "high", confidence = "medium", evidence = ["e#2"] },
-- ]
-- expect = []
-- [[case]]
-- name = "two days later"
-- signals = [
--   { detection = "usage.unusual-volume", subject = "ana", reason = "More.", first_seen = 2026-03-10T08:00:00Z, last_seen = 2026-03-10T18:00:00Z, count = 620, login = "ana", severity = "low", confidence = "low", evidence = ["e#1"] },
--   { detection = "sequences.x", subject = "host", reason = "A sequence.", first_seen = 2026-03-12T18:00:00Z, last_seen = 2026-03-12T18:00:00Z, count = 1, session_id = "s", login = "ana", severity = "high", confidence = "medium", evidence = ["e#2"] },
-- ]
-- expect = []
-- [[case]]
-- name = "a weak signal of both kinds"
-- signals = [
--   { detection = "usage.unusual-volume", subject = "ana", reason = "More.", first_seen = 2026-03-10T08:00:00Z, last_seen = 2026-03-10T18:00:00Z, count = 620, login = "ana", severity = "low", confidence = "low", evidence = ["e#1"] },
--   { detection = "sequences.x", subject = "host", reason = "A sequence.", first_seen = 2026-03-10T12:00:00Z, last_seen = 2026-03-10T12:10:00Z, count = 1, session_id = "s", login = "ana", severity = "medium", confidence = "medium", evidence = ["e#2"] },
-- ]
-- expect = []
-- [[case]]
-- name = "a sequence that normal work often makes"
-- signals = [
--   { detection = "usage.unusual-volume", subject = "ana", reason = "More.", first_seen = 2026-03-10T08:00:00Z, last_seen = 2026-03-10T18:00:00Z, count = 620, login = "ana", severity = "medium", confidence = "low", evidence = ["e#1"] },
--   { detection = "sequences.x", subject = "host", reason = "A sequence.", first_seen = 2026-03-10T12:00:00Z, last_seen = 2026-03-10T12:10:00Z, count = 1, session_id = "s", login = "ana", severity = "high", confidence = "low", evidence = ["e#2"] },
-- ]
-- expect = []
-- [[case]]
-- name = "two signs of unusual use"
-- signals = [
--   { detection = "usage.unusual-volume", subject = "ana", reason = "More.", first_seen = 2026-03-10T08:00:00Z, last_seen = 2026-03-10T18:00:00Z, count = 620, login = "ana", severity = "low", confidence = "low", evidence = ["e#1"] },
--   { detection = "usage.first-seen", subject = "host", reason = "A sequence.", first_seen = 2026-03-10T12:00:00Z, last_seen = 2026-03-10T12:10:00Z, count = 1, session_id = "s", login = "ana", severity = "high", confidence = "medium", evidence = ["e#2"] },
-- ]
-- expect = []
-- [[case]]
-- name = "a first use is no anomaly"
-- signals = [
--   { detection = "usage.first-seen", subject = "ana", reason = "More.", first_seen = 2026-03-10T08:00:00Z, last_seen = 2026-03-10T18:00:00Z, count = 620, login = "ana", severity = "low", confidence = "low", evidence = ["e#1"] },
--   { detection = "sequences.x", subject = "host", reason = "A sequence.", first_seen = 2026-03-10T12:00:00Z, last_seen = 2026-03-10T12:10:00Z, count = 1, session_id = "s", login = "ana", severity = "high", confidence = "medium", evidence = ["e#2"] },
-- ]
-- expect = []
-- [[case]]
-- name = "no user is named"
-- signals = [
--   { detection = "usage.unusual-volume", subject = "ana", reason = "More.", first_seen = 2026-03-10T08:00:00Z, last_seen = 2026-03-10T18:00:00Z, count = 620, severity = "low", confidence = "low", evidence = ["e#1"] },
--   { detection = "sequences.x", subject = "host", reason = "A sequence.", first_seen = 2026-03-10T12:00:00Z, last_seen = 2026-03-10T12:10:00Z, count = 1, session_id = "s", severity = "high", confidence = "medium", evidence = ["e#2"] },
-- ]
-- expect = []
-- +++
WITH odd AS (
  SELECT *, date_trunc('day', first_seen) AS day
  FROM signals
  WHERE login IS NOT NULL AND detection IN ('usage.unusual-volume', 'usage.new-behaviour', 'usage.provider-hop')
),
risky AS (
  SELECT * FROM signals WHERE login IS NOT NULL AND (detection LIKE 'sequences.%' OR detection LIKE 'secrets.%')
    AND severity IN ('medium', 'high', 'critical') AND confidence IN ('medium', 'high')
),
pairs AS (
  SELECT o.login, o.day, o.detection AS odd_detection, o.reason AS odd_reason, o.first_seen AS odd_first, o.last_seen AS odd_last, o.evidence AS odd_evidence,
         o.severity AS odd_severity, o.subject AS odd_subject,
         r.detection, r.reason, r.first_seen, r.last_seen, r.evidence, r.severity, r.subject, r.session_id, r.device
  FROM odd o
  JOIN risky r ON r.login = o.login
  WHERE (r.severity IN ('high', 'critical') OR o.severity = 'medium')
    AND CAST(r.first_seen AS BIGINT) - CAST(o.last_seen AS BIGINT) <= $hours * 3600000000
    AND CAST(o.first_seen AS BIGINT) - CAST(r.last_seen AS BIGINT) <= $hours * 3600000000
),
-- What the risky sessions left or switched off, which outlives them and has to be undone by hand.
undo AS (
  SELECT login, session_id, call_uid, CASE act WHEN 'persist' THEN 'left' ELSE 'guard' END AS part,
         CASE act WHEN 'persist' THEN program || ' (' || meaning || ')' ELSE excerpt(text, $quote_chars) END AS thing
  FROM command_acts WHERE act IN ('persist', 'guard-off') AND outcome = 'ok'
  UNION ALL
  SELECT login, session_id, call_uid, CASE act WHEN 'persistence' THEN 'left' ELSE 'setting' END, path
  FROM path_acts WHERE act IN ('persistence', 'agent-config') AND outcome = 'ok'
),
risky_sessions AS (
  SELECT DISTINCT login, day, session_id FROM pairs WHERE session_id IS NOT NULL
),
things AS (
  SELECT p.login, p.day,
         array_to_string(array_agg(DISTINCT u.thing ORDER BY u.thing) FILTER (WHERE u.part = 'left'), ', ') AS left_behind,
         array_to_string(array_agg(DISTINCT u.thing ORDER BY u.thing) FILTER (WHERE u.part = 'setting'), ', ') AS settings,
         array_to_string(array_agg(DISTINCT u.thing ORDER BY u.thing) FILTER (WHERE u.part = 'guard'), ', ') AS unguarded
  FROM risky_sessions p
  JOIN undo u ON u.login = p.login AND u.session_id = p.session_id
  GROUP BY p.login, p.day
),
hosts AS (
  SELECT p.login, p.day, array_agg(DISTINCT e.value ORDER BY e.value) AS runs_from
  FROM risky_sessions p
  JOIN undo u ON u.login = p.login AND u.session_id = p.session_id AND u.part = 'left'
  JOIN entities e ON e.source = 'call' AND e.source_id = u.call_uid AND e.kind = 'host' AND e.domain IS NOT NULL
  LEFT JOIN catalog_destinations d ON e.value = d.destination OR ends_with(e.value, '.' || d.destination)
  WHERE d.destination IS NULL
  GROUP BY p.login, p.day
)
SELECT
  p.login AS subject,
  regexp_replace(rtrim(split_part(first_value(odd_reason ORDER BY odd_severity DESC, odd_first, odd_detection, odd_subject, odd_reason), '; ', 1), '.'),
    -- The calls stand in the timeline.
    ' \([0-9]+ calls? that day, with [^)]*\)$', '')
    || CASE WHEN array_has_any(first_value(odd_evidence ORDER BY odd_severity DESC, odd_first, odd_detection, odd_subject, odd_reason),
                               first_value(evidence ORDER BY severity, first_seen, detection, subject, reason))
            THEN '. The same calls are what is risky: ' ELSE '. Within ' || CAST($hours AS VARCHAR) || ' hours of it: ' END
    || first_value(reason ORDER BY severity, first_seen, detection, subject, reason)
    || coalesce(' Left to run later: ' || max(t.left_behind) || coalesce(', naming ' || defang(array_to_string(first_value(h.runs_from ORDER BY h.runs_from IS NULL), ', ')), '') || '.', '') AS reason,
  least(min(odd_first), min(first_seen)) AS first_seen,
  greatest(max(odd_last), max(last_seen)) AS last_seen,
  count(DISTINCT odd_detection || ' ' || odd_reason) + count(DISTINCT detection || ' ' || reason) AS count,
  first_value(session_id ORDER BY severity, first_seen, detection, subject, reason) AS session_id,
  p.login,
  -- Of a person the login says whom to ask; of a tag only the device does.
  CASE WHEN starts_with(p.login, 'tag:') THEN first_value(device ORDER BY severity, first_seen, detection, subject, reason) END AS device,
  p.login || ' ' || left(CAST(p.day AS VARCHAR), 10) AS key,
  array_agg(DISTINCT odd_detection ORDER BY odd_detection) AS unusual,
  array_agg(DISTINCT detection ORDER BY detection) AS risky,
  array_concat(first_value(odd_evidence ORDER BY odd_severity DESC, odd_first, odd_detection, odd_subject, odd_reason),
               first_value(evidence ORDER BY severity, first_seen, detection, subject, reason)) AS evidence,
  nullif(count(DISTINCT CASE WHEN detection LIKE 'secrets.%' THEN detection || ' ' || reason END), 0) AS secret_signs,
  nullif(array_to_string(array_agg(DISTINCT subject ORDER BY subject) FILTER (WHERE detection LIKE 'secrets.%'), '; '), '') AS exposed,
  max(t.left_behind) AS left_behind, first_value(h.runs_from ORDER BY h.runs_from IS NULL) AS runs_from, max(t.settings) AS settings, max(t.unguarded) AS unguarded
FROM pairs p
LEFT JOIN things t ON t.login = p.login AND t.day = p.day
LEFT JOIN hosts h ON h.login = p.login AND h.day = p.day
GROUP BY p.login, p.day
ORDER BY p.login, p.day
