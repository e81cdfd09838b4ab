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
--   "Ask the person behind {login} whether this was them.",
--   "If it was not, end the sessions of the login.",
--   "Rotate the secrets that {login} exposed ({secret_signs} signs of it); the list of secrets says how.",
--   "SELECT detection, first_seen, session_id, reason FROM signals WHERE login = '{login}' ORDER BY first_seen, detection",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI10", "owasp-asi:2026:ASI01", "owasp-llm:2025:LLM06"]
-- [params]
-- hours = 24
-- [[case]]
-- name = "more use than ever, and a risky sequence"
-- signals = [
--   { detection = "usage.unusual-volume", subject = "ana", reason = "More.", first_seen = 2026-03-10T08:00:00Z, last_seen = 2026-03-10T18:00:00Z, count = 620, login = "ana", severity = "low", confidence = "low", evidence = ["e#1"] },
--   { detection = "sequences.x", subject = "host", reason = "A sequence.", first_seen = 2026-03-10T12:00:00Z, last_seen = 2026-03-10T12:10:00Z, count = 1, session_id = "s", login = "ana", severity = "high", confidence = "medium", evidence = ["e#2"] },
-- ]
-- expect = [ { subject = "ana", login = "ana", count = 2, evidence = ["e#1", "e#2"], reason = "More. Within 24 hours of it: A sequence." } ]
-- [[case]]
-- name = "a new kind of action, and an exposed secret"
-- signals = [
--   { detection = "usage.new-behaviour", subject = "ana", reason = "More.", first_seen = 2026-03-10T08:00:00Z, last_seen = 2026-03-10T18:00:00Z, count = 620, login = "ana", severity = "low", confidence = "low", evidence = ["e#1"] },
--   { detection = "secrets.y", subject = "host", reason = "A sequence.", first_seen = 2026-03-10T12:00:00Z, last_seen = 2026-03-10T12:10:00Z, count = 1, session_id = "s", login = "ana", severity = "high", confidence = "medium", evidence = ["e#2"] },
-- ]
-- expect = [ { subject = "ana" } ]
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
         r.detection, r.reason, r.first_seen, r.last_seen, r.evidence, r.severity, r.subject, r.session_id
  FROM odd o
  JOIN risky r ON r.login = o.login
  WHERE (r.severity IN ('high', 'critical') OR o.severity = 'medium')
    AND CAST(r.first_seen AS BIGINT) - CAST(o.last_seen AS BIGINT) <= $hours * 3600000000
    AND CAST(o.first_seen AS BIGINT) - CAST(r.last_seen AS BIGINT) <= $hours * 3600000000
)
SELECT
  login AS subject,
  rtrim(split_part(first_value(odd_reason ORDER BY odd_severity DESC, odd_first, odd_detection, odd_subject, odd_reason), '; ', 1), '.')
    || '. Within ' || CAST($hours AS VARCHAR) || ' hours of it: '
    || first_value(reason ORDER BY severity, first_seen, detection, subject, reason) AS reason,
  least(min(odd_first), min(first_seen)) AS first_seen,
  greatest(max(odd_last), max(last_seen)) AS last_seen,
  count(DISTINCT odd_detection || ' ' || odd_reason) + count(DISTINCT detection || ' ' || reason) AS count,
  first_value(session_id ORDER BY severity, first_seen, detection, subject, reason) AS session_id,
  login,
  login || ' ' || left(CAST(day AS VARCHAR), 10) AS key,
  array_agg(DISTINCT odd_detection ORDER BY odd_detection) AS unusual,
  array_agg(DISTINCT detection ORDER BY detection) AS risky,
  array_concat(first_value(odd_evidence ORDER BY odd_severity DESC, odd_first, odd_detection, odd_subject, odd_reason),
               first_value(evidence ORDER BY severity, first_seen, detection, subject, reason)) AS evidence,
  nullif(count(DISTINCT CASE WHEN detection LIKE 'secrets.%' THEN detection || ' ' || reason END), 0) AS secret_signs
FROM pairs
GROUP BY login, day
ORDER BY login, day
