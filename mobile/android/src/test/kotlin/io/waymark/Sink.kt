package io.waymark

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import java.io.InputStream
import java.net.InetAddress
import java.net.InetSocketAddress
import java.util.concurrent.Executors
import java.util.concurrent.LinkedBlockingQueue
import java.util.zip.GZIPInputStream
import org.json.JSONObject

/** A collector on this machine that speaks Segment's protocol, as far as to take what comes. */
internal class Sink : AutoCloseable {
    private val arrived = LinkedBlockingQueue<JSONObject>()
    private val threads = Executors.newCachedThreadPool { Thread(it).apply { isDaemon = true } }
    private val server = HttpServer.create(InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0)

    init {
        server.executor = threads
        server.createContext("/", ::take)
        server.start()
    }

    val url = "http://127.0.0.1:${server.address.port}"

    /** The next event; waits for it. */
    fun next(): JSONObject = arrived.take()

    /** The next event of this name; others before it go. */
    fun next(name: String): JSONObject {
        while (true) next().takeIf { it.optString("event", it.optString("name")) == name }?.let { return it }
    }

    private fun take(exchange: HttpExchange) {
        val gzip = exchange.requestHeaders.getFirst("Content-Encoding") == "gzip"
        val body: InputStream = if (gzip) GZIPInputStream(exchange.requestBody) else exchange.requestBody
        val batch = JSONObject(String(body.readBytes(), Charsets.UTF_8)).objects("batch")
        exchange.sendResponseHeaders(OK, NO_BODY)
        exchange.close()
        arrived.addAll(batch)
    }

    override fun close() {
        server.stop(0)
        threads.shutdownNow()
    }

    companion object {
        private const val OK = 200
        private const val NO_BODY = -1L

        /** Sends to this; asks before analytics. */
        fun config(url: String): String = """{
            "waymark": 1,
            "app": {"id": "app", "version": "1.0.0", "channel": "app"},
            "consent": {"revision": "2026-11-01", "ui": {}, "controller": {"policy_url": "https://shop.example/privacy"},
              "purposes": [
                {"id": "necessary", "basis": "exempt", "storage": true},
                {"id": "analytics", "basis": "consent", "storage": true, "before_answer": "hold"},
                {"id": "marketing", "basis": "consent", "storage": true, "requires": ["analytics"]}],
              "iab": {"cmp_id": 300, "cmp_version": 1, "in_app_keys": true, "vendor_list_version": 48}},
            "collectors": [{"id": "segment", "protocol": "segment", "needs": ["analytics"], "url": "$url",
              "options": {"write_key": "K"}}],
            "delivery": {"flush_ms": 50}
        }"""
    }
}
