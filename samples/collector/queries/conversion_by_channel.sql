-- Of the visits by each channel, how many ended in an order.
SELECT channel, COUNT(*) AS visits, SUM(ordered) AS with_order, 1.0 * SUM(ordered) / COUNT(*) AS conversion_rate
FROM (SELECT channel, EXISTS(SELECT 1 FROM orders WHERE orders.session_id = visits.session_id) AS ordered FROM visits)
GROUP BY channel ORDER BY channel;
