-- Secrets that models were told, one row per fingerprint. Never the secret.
SELECT s.fingerprint, first_value(s.kind ORDER BY s.time, s.occurrence_id) AS kind,
       first_value(s.rule ORDER BY s.time, s.occurrence_id) AS rule,
       first_value(nullif(s.vendor, '') ORDER BY s.time, s.occurrence_id) AS vendor,
       first_value(s.tier ORDER BY s.time, s.occurrence_id) AS tier,
       CASE min(CASE s.confidence WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END) WHEN 1 THEN 'high' WHEN 2 THEN 'medium' ELSE 'low' END AS confidence,
       bool_or(s.root) AS root, first_value(s.preview ORDER BY s.time, s.occurrence_id) AS preview,
       array_agg(DISTINCT s.surface ORDER BY s.surface) AS surfaces, array_agg(DISTINCT s.login ORDER BY s.login) AS users,
       array_agg(DISTINCT s.agent ORDER BY s.agent) AS agents,
       array_agg(DISTINCT s.provider ORDER BY s.provider) FILTER (WHERE s.provider IS NOT NULL) AS providers,
       count(*) AS places, coalesce(sum(s.sent_again), 0) AS sent_again, min(s.time) AS first_seen,
       max(coalesce(s.last_sent, s.time)) AS last_seen
FROM secrets s
GROUP BY s.fingerprint
ORDER BY s.fingerprint
