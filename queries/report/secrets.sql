-- Secrets of the window, the most exposed first.
SELECT fingerprint, rules[1] AS rule, kind, nullif(vendor, '') AS vendor, confidence, preview, surfaces, entry, file, users, agents,
       providers, models, sent_out_by, exposure_reasons AS why, exposure, places AS occurrences, sent_again AS resent,
       rotation_url, rotation_steps AS steps, evidence,
       CAST(first_seen AS BIGINT) AS first_seen, CAST(last_seen AS BIGINT) AS last_seen
FROM exposed_secrets
ORDER BY exposure DESC, first_seen, fingerprint
