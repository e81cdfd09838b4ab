-- +++
-- doc = "The dates among those values, with what finds them where they are written otherwise: regular expressions over lower-case text."
-- materialise = true
-- [columns]
-- value = "The value, a date or a time with its date first."
-- iso = "The date as `2024-05-01`."
-- day = "Finds the day: `1`, `01`, `1st`."
-- month = "Finds the name of the month: `may`, `sep`, `september`."
-- year = "Finds the year."
-- [[case]]
-- name = "a date, and times"
-- act_values = [
--   { call_uid = "c1", value = "2024-05-01" },
--   { call_uid = "c2", value = "2024-05-01" },
--   { call_uid = "c3", value = "2024-12-22 10:00" },
--   { call_uid = "c4", value = "2024-09-03T10:00:00Z" },
-- ]
-- expect = [
--   { value = "2024-05-01", iso = "2024-05-01", day = '\b0?1(st|nd|rd|th)?\b', month = '\b(may|may)\b', year = '\b2024\b' },
--   { value = "2024-12-22 10:00", iso = "2024-12-22", day = '\b0?22(st|nd|rd|th)?\b', month = '\b(december|dec)\b' },
--   { value = "2024-09-03T10:00:00Z", month = '\b(september|sep)\b' },
-- ]
-- [[case]]
-- name = "what only looks like a date, or holds one somewhere"
-- act_values = [
--   { call_uid = "c1", value = "2024-13-01" },
--   { call_uid = "c2", value = "2024-02-31" },
--   { call_uid = "c3", value = "on 2024-05-01" },
--   { call_uid = "c4", value = "2024-05-01-notes.txt" },
--   { call_uid = "c5", value = "2024-05" },
--   { call_uid = "c6", value = "May 1st, 2024" },
-- ]
-- expect = []
-- +++
WITH dates AS (
  SELECT DISTINCT value, left(trim(value), 10) AS iso, TRY_CAST(left(trim(value), 10) AS DATE) AS date
  FROM act_values
  WHERE regexp_like(trim(value), '^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.,+Z -]*)?$')
)
SELECT value, iso, '\b0?' || to_char(date, '%-d') || '(st|nd|rd|th)?\b' AS day,
       lower('\b(' || to_char(date, '%B') || '|' || to_char(date, '%b') || ')\b') AS month,
       '\b' || to_char(date, '%Y') || '\b' AS year
FROM dates
WHERE date IS NOT NULL
