-- Calls of the records that stand in the evidence of the incidents shown (table reported), by address of the record.
WITH addresses AS (
  SELECT DISTINCT address FROM (SELECT unnest(evidence) AS address FROM reported) each
),
shown AS (
  SELECT a.address, c.call_uid, c.time AS at, c.conversation_id, c.position, c.part, c.integration, coalesce(c.tool, c.raw_name) AS tool,
         c.outcome, coalesce(c.capabilities, make_array()) AS capabilities, left(c.arguments, 4000) AS argument, c.export_key, c.record_id,
         c.result_export_key, c.result_record_id
  FROM addresses a
  JOIN calls c ON c.export_key || '#' || coalesce(CAST(c.record_id AS VARCHAR), '') = a.address
),
-- Domains of the users' logins are the organisation's, but for those of mail providers that serve everybody.
logins AS (
  SELECT lower(login) AS login, split_part(lower(login), '@', 2) AS host FROM users WHERE strpos(login, '@') > 0
  UNION ALL
  -- Addresses from which agents send for their users are theirs, whatever their domains are.
  SELECT address, NULL FROM (SELECT DISTINCT address FROM own_addresses) o
),
hosts AS (
  SELECT DISTINCT host FROM logins
),
domains AS (
  SELECT DISTINCT e.call_uid, e.place, e.domain
  FROM (
    SELECT source_id AS call_uid, lower(value) AS place, domain FROM entities
    WHERE source = 'call' AND kind IN ('host', 'url', 'email', 'remote', 'repository') AND domain IS NOT NULL
  ) e
  JOIN shown s ON s.call_uid = e.call_uid
),
own AS (
  SELECT DISTINCT d.call_uid, d.place
  FROM domains d
  JOIN hosts h ON h.host = d.domain OR ends_with(h.host, '.' || d.domain)
  LEFT JOIN catalog_free_mail f ON f.domain = d.domain
  WHERE f.domain IS NULL
  UNION
  SELECT d.call_uid, d.place FROM domains d JOIN logins l ON l.login = d.place
),
places AS (
  SELECT DISTINCT d.call_uid, d.place, d.sent, d.novelty, d.novelty IN ('new', 'seen') AND o.place IS NULL AS strange
  FROM call_destinations d
  JOIN shown s ON s.call_uid = d.call_uid
  LEFT JOIN own o ON o.call_uid = d.call_uid AND o.place = d.place
),
-- What only the order of a third party had named. A longer text that mentions a place counts where the order does too.
named AS (
  SELECT DISTINCT p.call_uid, p.place
  FROM places p
  JOIN followed_orders o ON o.call_uid = p.call_uid
  WHERE mentions(o.value, p.place) AND (o.in_order OR NOT regexp_like(trim(o.value), '\s')) AND mentions(o.sentence, p.place)
),
-- What the user had asked to send to.
wanted AS (
  SELECT DISTINCT p.call_uid, p.place
  FROM places p
  JOIN shown s ON s.call_uid = p.call_uid
  JOIN messages m ON m.conversation_id = s.conversation_id AND m.position < s.position
  WHERE m.role = 'user' AND m.kind = 'text' AND mentions(m.text, p.place)
),
-- Of each call the places that data went to, or else those that it fetched from; first what a third party had named,
-- then what is newest to the organisation.
ranked AS (
  SELECT p.*, n.place IS NOT NULL AND p.strange AS named, p.strange AND w.place IS NULL AS unasked,
         row_number() OVER (PARTITION BY p.call_uid ORDER BY p.sent DESC, n.place IS NOT NULL AND p.strange DESC, p.strange DESC,
           CASE p.novelty WHEN 'new' THEN 0 WHEN 'seen' THEN 1 WHEN 'known' THEN 2 ELSE 3 END, p.place) AS nth
  FROM places p
  LEFT JOIN named n ON n.call_uid = p.call_uid AND n.place = p.place
  LEFT JOIN wanted w ON w.call_uid = p.call_uid AND w.place = p.place
),
told AS (
  SELECT call_uid, max(CASE WHEN nth = 1 THEN place END) AS place, max(CASE WHEN nth = 1 THEN novelty END) AS novelty,
         bool_or(sent) AS sent,
         array_agg(place ORDER BY nth) FILTER (WHERE strange AND sent) AS sent_to,
         array_agg(place ORDER BY nth) FILTER (WHERE strange AND NOT sent) AS got_from,
         array_agg(place ORDER BY nth) FILTER (WHERE named) AS ordered,
         array_agg(place ORDER BY nth) FILTER (WHERE unasked AND sent) AS unasked_sent,
         array_agg(place ORDER BY nth) FILTER (WHERE unasked AND NOT sent) AS unasked_got
  FROM ranked
  GROUP BY call_uid
),
-- The result that is held for a call.
sources AS (
  SELECT source_uid, CASE WHEN bool_or(by_order) THEN 'source: its result gives the order' ELSE 'source: its result names the value' END AS role
  FROM accused_results
  GROUP BY source_uid
)
-- How telling each call is: what gave an order or followed one, what destroyed, sent out unasked or stays, what was
-- refused or sent at all, what read credentials.
SELECT a.address, o.role, CAST(a.at AS BIGINT) AS time,
       CASE WHEN o.role IS NOT NULL OR f.call_uid IS NOT NULL THEN 0
            WHEN a.outcome <> 'refused' AND (s.destroys OR t.unasked_sent IS NOT NULL OR array_has(a.capabilities, 'persistence') OR array_has(a.capabilities, 'guard_off')) THEN 1
            WHEN a.outcome = 'refused' OR t.sent THEN 2
            WHEN array_has(a.capabilities, 'secret') THEN 3
            ELSE 4 END AS rank,
       CASE WHEN o.role IS NOT NULL THEN 'source' WHEN f.call_uid IS NOT NULL THEN 'followed' WHEN a.outcome = 'refused' THEN 'refused' WHEN s.destroys THEN 'destroyed'
            WHEN t.unasked_sent IS NOT NULL OR t.sent THEN 'sent' WHEN array_has(a.capabilities, 'persistence') OR array_has(a.capabilities, 'guard_off') THEN 'stays' ELSE 'other' END AS why,
       a.integration, a.tool, a.outcome, a.capabilities, a.argument, (SELECT max(value) FROM catalog_limits WHERE name = 'shown_words') AS shown_words, a.export_key, a.record_id,
       a.result_export_key, a.result_record_id,
       CASE WHEN t.sent THEN t.place END AS destination, CASE WHEN NOT t.sent THEN t.place END AS fetched_from, t.novelty,
       coalesce(CASE WHEN t.sent THEN t.sent_to ELSE t.got_from END, make_array()) AS places,
       coalesce(t.ordered, make_array()) AS ordered,
       coalesce(CASE WHEN t.sent THEN t.unasked_sent ELSE t.unasked_got END, make_array()) AS unasked
FROM shown a
LEFT JOIN steps s ON s.call_uid = a.call_uid
LEFT JOIN told t ON t.call_uid = s.call_uid AND s.sends
LEFT JOIN (SELECT DISTINCT call_uid FROM accused_results) f ON f.call_uid = a.call_uid
LEFT JOIN sources o ON o.source_uid = a.call_uid
ORDER BY a.address, a.at, o.role IS NULL, a.conversation_id, a.position, a.part
