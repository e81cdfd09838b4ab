-- +++
-- doc = "How calls of the window are told: who called what, and whether it was executed, failed, was refused, or was only proposed."
-- derived = true
-- [columns]
-- opening = "Start of a sentence: `Claude Code of ana called github/create_issue`."
-- ending = "End of a sentence, with its full stop: `the call was executed.`."
-- severity = "How bad it is if somebody else wanted the call: less where it was not executed, more where it sends or destroys."
-- evidence = "Its records: the call, and what came back."
-- +++
SELECT call_uid,
       agent || ' of ' || login
         || CASE outcome WHEN 'ok' THEN ' called ' WHEN 'error' THEN ' called ' WHEN 'refused' THEN ' wanted to call ' ELSE ' proposed to call ' END
         || integration || '/' || tool AS opening,
       CASE outcome WHEN 'ok' THEN 'the call was executed.' WHEN 'error' THEN 'the call failed.' WHEN 'refused' THEN 'the call was refused.'
                    ELSE 'no result was seen, so it was proposed, not executed.' END AS ending,
       CASE WHEN outcome IN ('attempted', 'refused') THEN 'medium' WHEN destructive OR egress THEN 'critical' ELSE 'high' END AS severity,
       CASE WHEN result_export_key IS NULL THEN make_array(evidence(export_key, record_id))
            ELSE make_array(evidence(export_key, record_id), evidence(result_export_key, result_record_id)) END AS evidence
FROM calls
