-- +++
-- doc = "Where calls of the window send to, and whether the organisation knows that place: one row per call and destination."
-- materialise = true
-- [columns]
-- place = "The host, or the address, account, channel or remote, in lower case, as the call names it: of several on one domain the first that got something."
-- sent = "Whether data went there, and the call did not only fetch from it."
-- destination = "Registrable domain of a host; else the address, account, channel or remote, in lower case."
-- novelty = "listed (in `catalog_destinations`), known (long used by several users), new (never used before, and there is enough data to tell) or seen."
-- says = "The same, as the end of the sentence `that destination …`."
-- [[case]]
-- name = "another host of a domain that was used before"
-- calls = [ { call_uid = "c2" } ]
-- history_requests = [ { time = 2026-01-01T09:00:00Z } ]
-- history_entities = [
--   { source = "call", source_id = "c1", kind = "host", value = "a.x.example", domain = "x.example", relation = "destination", login = "ana", time = 2026-02-01T09:00:00Z },
--   { source = "call", source_id = "c2", kind = "host", value = "b.x.example", domain = "x.example", relation = "destination", login = "ana", time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [ { destination = "x.example", novelty = "seen", says = "was used before, but never its host b[.]x[.]example" } ]
-- [[case]]
-- name = "a host from which something was fetched a moment ago"
-- calls = [ { call_uid = "c3" } ]
-- history_requests = [ { time = 2026-01-01T09:00:00Z } ]
-- history_entities = [
--   { source = "call", source_id = "c1", kind = "host", value = "a.x.example", domain = "x.example", relation = "destination", login = "ana", time = 2026-02-01T09:00:00Z },
--   { source = "call", source_id = "c2", kind = "host", value = "b.x.example", domain = "x.example", relation = "source", login = "ana", time = 2026-03-01T09:00:00Z },
--   { source = "call", source_id = "c3", kind = "host", value = "b.x.example", domain = "x.example", relation = "destination", login = "ana", time = 2026-03-01T09:00:09Z },
-- ]
-- expect = [ { novelty = "seen", says = "was used before, but its host b[.]x[.]example only within the 24 hours before" } ]
-- [[case]]
-- name = "a domain from which something was fetched a moment ago"
-- calls = [ { call_uid = "c2" }, { call_uid = "c3" } ]
-- history_requests = [ { time = 2026-01-01T09:00:00Z } ]
-- history_entities = [
--   { source = "call", source_id = "c2", kind = "host", value = "b.x.example", domain = "x.example", relation = "source", login = "ana", time = 2026-03-01T09:00:00Z },
--   { source = "call", source_id = "c3", kind = "host", value = "b.x.example", domain = "x.example", relation = "destination", login = "ana", time = 2026-03-01T09:00:09Z },
-- ]
-- expect = [
--   { call_uid = "c2", novelty = "new", says = "was never used before" },
--   { call_uid = "c3", novelty = "new", says = "was first used within the 24 hours before" },
-- ]
-- [[case]]
-- name = "the same host as before"
-- calls = [ { call_uid = "c2" } ]
-- history_requests = [ { time = 2026-01-01T09:00:00Z } ]
-- history_entities = [
--   { source = "call", source_id = "c1", kind = "host", value = "b.x.example", domain = "x.example", relation = "destination", login = "ana", time = 2026-02-01T09:00:00Z },
--   { source = "call", source_id = "c2", kind = "host", value = "b.x.example", domain = "x.example", relation = "destination", login = "ana", time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [ { destination = "x.example", novelty = "seen", says = "was used before" } ]
-- [[case]]
-- name = "used minutes before, on the first day of the data"
-- calls = [ { call_uid = "c2" } ]
-- history_requests = [ { time = 2026-03-01T08:00:00Z } ]
-- history_entities = [
--   { source = "call", source_id = "c1", kind = "host", value = "b.x.example", domain = "x.example", relation = "destination", login = "ana", time = 2026-03-01T08:57:00Z },
--   { source = "call", source_id = "c2", kind = "host", value = "b.x.example", domain = "x.example", relation = "destination", login = "ana", time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [ { novelty = "seen", says = "was first used within the 24 hours before, too early in the data to tell whether that is unusual" } ]
-- [[case]]
-- name = "the first use, on the first day of the data"
-- calls = [ { call_uid = "c1" } ]
-- history_requests = [ { time = 2026-02-01T08:00:00Z } ]
-- history_entities = [
--   { source = "call", source_id = "c1", kind = "host", value = "a.x.example", domain = "x.example", relation = "destination", login = "ana", time = 2026-02-01T09:00:00Z },
-- ]
-- expect = [ { novelty = "seen", says = "is used for the first time, too early in the data to tell whether that is unusual" } ]
-- +++
WITH limits AS (
  SELECT max(CASE name WHEN 'known_users' THEN value END) AS known_users, max(CASE name WHEN 'known_days' THEN value END) AS known_days,
         max(CASE name WHEN 'new_hours' THEN value END) AS new_hours, max(CASE name WHEN 'warm_up_days' THEN value END) AS warm_up_days
  FROM catalog_limits
),
named AS (
  SELECT DISTINCT e.source_id AS call_uid, e.login, e.time, lower(e.value) AS value, e.relation = 'destination' AS sent,
         CASE WHEN e.kind IN ('url', 'host') THEN coalesce(e.domain, lower(e.value)) ELSE lower(e.value) END AS destination
  FROM history_entities e
  WHERE e.source = 'call'
    AND (e.kind IN ('host', 'ip', 'remote', 'repository') AND e.relation IN ('source', 'destination')
      OR e.kind IN ('email', 'iban', 'wallet', 'cloud_resource', 'argument') AND e.relation = 'destination')
),
firsts AS (
  SELECT destination, login, min(time) AS time FROM named GROUP BY destination, login
),
-- One host of a domain that was used before may be somebody else's.
places AS (
  SELECT value, min(time) AS time FROM named GROUP BY value
),
data AS (
  SELECT min(time) AS start FROM history_requests
),
used AS (
  SELECT n.call_uid, n.destination, n.time, min(f.time) AS first_time, bool_or(n.sent) AS sent,
         first_value(n.value ORDER BY n.sent DESC, n.value) AS place,
         first_value(p.time ORDER BY n.sent DESC, n.value) AS place_time,
         count(DISTINCT f.login) FILTER (WHERE CAST(n.time AS BIGINT) - CAST(f.time AS BIGINT) >= l.known_days * 86400000000) AS users
  FROM named n
  JOIN calls c ON c.call_uid = n.call_uid
  JOIN firsts f ON f.destination = n.destination AND f.time <= n.time
  JOIN places p ON p.value = n.value
  CROSS JOIN limits l
  GROUP BY n.call_uid, n.destination, n.time
),
listed AS (
  SELECT n.call_uid, n.destination, min(d.reason) AS reason
  FROM named n
  JOIN catalog_destinations d
    ON n.value = d.destination OR ends_with(n.value, '.' || d.destination) OR ends_with(n.value, '@' || d.destination) OR n.destination = d.destination
  GROUP BY n.call_uid, n.destination
)
SELECT u.call_uid, u.destination, u.place, u.sent,
       CASE WHEN l.call_uid IS NOT NULL THEN 'listed'
            WHEN u.users >= m.known_users THEN 'known'
            WHEN CAST(u.time AS BIGINT) - CAST(u.first_time AS BIGINT) <= m.new_hours * 3600000000
             AND CAST(u.first_time AS BIGINT) - CAST(s.start AS BIGINT) >= m.warm_up_days * 86400000000 THEN 'new'
            ELSE 'seen' END AS novelty,
       CASE WHEN l.call_uid IS NOT NULL THEN 'is on the organisation''s list' || coalesce(': ' || l.reason, '')
            WHEN u.users >= m.known_users THEN 'has long been used by ' || CAST(u.users AS VARCHAR) || ' users'
            WHEN CAST(u.time AS BIGINT) - CAST(u.first_time AS BIGINT) <= m.new_hours * 3600000000
             AND CAST(u.first_time AS BIGINT) - CAST(s.start AS BIGINT) >= m.warm_up_days * 86400000000 THEN CASE WHEN u.first_time >= u.time THEN 'was never used before'
                       ELSE 'was first used within the ' || CAST(m.new_hours AS VARCHAR) || ' hours before' END
            WHEN u.first_time >= u.time THEN 'is used for the first time, too early in the data to tell whether that is unusual'
            WHEN CAST(u.time AS BIGINT) - CAST(u.first_time AS BIGINT) <= m.new_hours * 3600000000
            THEN 'was first used within the ' || CAST(m.new_hours AS VARCHAR) || ' hours before, too early in the data to tell whether that is unusual'
            WHEN ends_with(u.place, '.' || u.destination) AND CAST(u.time AS BIGINT) - CAST(u.place_time AS BIGINT) <= m.new_hours * 3600000000
            THEN 'was used before, but ' || CASE WHEN u.place_time >= u.time THEN 'never its host ' || defang(left(u.place, 80))
                   ELSE 'its host ' || defang(left(u.place, 80)) || ' only within the ' || CAST(m.new_hours AS VARCHAR) || ' hours before' END
            ELSE 'was used before' END AS says
FROM used u
CROSS JOIN limits m
CROSS JOIN data s
LEFT JOIN listed l ON l.call_uid = u.call_uid AND l.destination = u.destination
