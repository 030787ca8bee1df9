-- Checkouts that were left: the moments of silence that were recorded, by the step at which they began. A silence on a device
-- whose customer went on elsewhere is none: what is stitched to it by an alias happened in the window.
SELECT silence.event ->> '$.properties.step' AS step, COUNT(*) AS abandoned FROM happened AS silence
WHERE silence.name = 'checkout_abandoned' AND NOT EXISTS(
  SELECT 1 FROM temp.aliases AS stitched JOIN happened AS other
    ON other.customer IN (stitched.anonymous_id, stitched.event ->> '$.previousId') AND other.customer <> silence.customer
  WHERE silence.customer IN (stitched.anonymous_id, stitched.event ->> '$.previousId')
    AND other.time_ms > silence.time_ms
    AND other.time_ms < silence.time_ms + (silence.event ->> '$.properties.silence_ms'))
GROUP BY step ORDER BY step;
