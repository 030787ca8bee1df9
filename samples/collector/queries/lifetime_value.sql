-- What a customer who ordered has brought so far: orders less refunds.
SELECT customer, orders, ordered - COALESCE((SELECT SUM(total) FROM refunds WHERE refunds.customer = bought.customer), 0) AS lifetime_value
FROM (SELECT customer, COUNT(*) AS orders, SUM(total) AS ordered FROM orders GROUP BY customer) AS bought ORDER BY customer;
