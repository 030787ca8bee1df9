-- From the first touch to the first order.
SELECT COUNT(*) AS customers, AVG(ordered_ms - touched_ms) AS average_ms
FROM (SELECT customer, MIN(time_ms) AS ordered_ms FROM orders GROUP BY customer)
JOIN (SELECT customer, MIN(time_ms) AS touched_ms FROM touches GROUP BY customer) USING (customer);
