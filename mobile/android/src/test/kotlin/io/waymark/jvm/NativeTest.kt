package io.waymark.jvm

import io.waymark.EventOptions
import io.waymark.EventType
import io.waymark.Json
import io.waymark.Native
import io.waymark.NativeHost
import io.waymark.Sink
import io.waymark.Status
import java.io.File
import java.util.concurrent.CountDownLatch
import java.util.concurrent.LinkedBlockingQueue
import kotlin.concurrent.thread
import org.json.JSONObject
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder

/** The library itself, on the JVM and under -Xcheck:jni. */
class NativeTest {
    @get:Rule val folder = TemporaryFolder()
    private val sink = Sink()
    private val store get() = File(folder.root, "store")

    @After fun end() = sink.close()

    /** Every function with the number of a client and null for all else. */
    private fun everyStatus(number: Long): List<Int> = listOf(
        Native.ready(number, 0),
        Native.capture(number, 0, null, null, null, null, null, null, null),
        Native.setConsent(number, null, null, null),
        Native.setContext(number, null),
        Native.signal(number, null, null),
        Native.lifecycle(number, -1),
        Native.call(number, null),
        Native.ask(number, null, null),
        Native.counters(number, null),
    )

    @Test
    fun `null is an answer everywhere`() {
        val status = IntArray(1)
        assertEquals(0L, Native.open(null, null, null, null, null, -1, -1, status))
        assertEquals(Status.INVALID_ARGUMENT.number, status[0])
        assertEquals(0L, Native.open(null, null, null, null, null, 0, 0, null))
        for (nobody in listOf(0L, -1L, Long.MAX_VALUE)) {
            assertEquals(List(9) { Status.INVALID_ARGUMENT.number }, everyStatus(nobody))
            assertEquals(Status.INVALID_ARGUMENT.number, Native.flush(nobody))
            assertEquals(Status.INVALID_ARGUMENT.number, Native.close(nobody, 0))
            assertNull(Native.view(nobody))
        }
        Opened(sink.url, store).use { opened ->
            assertEquals(Status.OK, opened.status)
            opened.client.run { number ->
                everyStatus(number).drop(2).forEach { assertEquals(Status.INVALID_ARGUMENT.number, it) }
                0
            }
            assertEquals(Status.INVALID_ARGUMENT, opened.client.run { Native.capture(it, 99, null, null, null, null, null, null, null) })
            val huge = ByteArray(9_000_000) { ' '.code.toByte() }
            assertEquals(Status.TOO_BIG, opened.client.run { Native.setContext(it, huge) })
            assertEquals(Status.TOO_BIG, opened.client.run { Native.capture(it, 0, huge, null, null, null, null, null, null) })
        }
    }

    @Test
    fun `after close every call says so`() {
        val opened = Opened(sink.url, store)
        assertEquals(Status.OK, opened.status)
        opened.close()
        opened.client.run { number ->
            assertEquals(List(9) { Status.CLOSED.number }, everyStatus(number))
            0
        }
        assertEquals(Status.CLOSED, opened.client.capture(EventType.TRACK, "late"))
        assertEquals(Status.CLOSED, opened.client.close(0))
        assertNull(opened.client.view())
    }

    @Test
    fun `closing while eight threads call ends in answers`() {
        val opened = Opened(sink.url, store)
        val told = LinkedBlockingQueue<Status>()
        val begun = CountDownLatch(8)
        val callers = List(8) {
            thread {
                begun.countDown()
                do {
                    val status = opened.client.capture(EventType.TRACK, "busy", mapOf("n" to 1))
                    opened.client.view()
                    told.add(status)
                } while (status != Status.CLOSED)
            }
        }
        begun.await()
        opened.close()
        callers.forEach(Thread::join)
        assertTrue((told.toSet() - setOf(Status.OK, Status.CLOSED, Status.QUEUE_FULL)).isEmpty())
    }

    /** What broke peers: the end of an SQL text, and what Modified UTF-8 writes in another way. */
    @Test
    fun `texts go through as they are`() {
        val texts = listOf(
            "Levi's 501",
            "x'); DELETE FROM events; --",
            "\"; DROP TABLE entries; --",
            "🥾 🏴‍☠️ 👩‍👩‍👧‍👦",
            "日本語 \u0000 \u2028 \u007f",
            "%s%n\\u0000",
        )
        Opened(sink.url, store).use { opened ->
            opened.allow("analytics")
            texts.forEach { opened.client.capture(EventType.TRACK, "t 🥾", mapOf("text" to it)) }
            opened.client.capture(EventType.IDENTIFY, properties = mapOf("n" to "🥾"), userId = "Robert'); DROP TABLE entries;--")
            // Who it is goes before what happened.
            val (known, events) = List(texts.size + 1) { sink.next() }.partition { it.getString("type") == "identify" }
            assertEquals("Robert'); DROP TABLE entries;--", known.single().getString("userId"))
            assertEquals(setOf("t 🥾"), events.map { it.getString("event") }.toSet())
            assertEquals(texts, events.map { it.getJSONObject("properties").getString("text") })
        }
    }

    @Test
    fun `half a surrogate pair becomes the replacement character`() {
        Opened(sink.url, store).use { opened ->
            opened.allow("analytics")
            opened.client.capture(EventType.TRACK, "name \ud83e", mapOf("half" to "a\ud83eb", "other" to "\udd7e"))
            val event = sink.next()
            assertEquals("name \ufffd", event.getString("event"))
            assertEquals("a\ufffdb", event.getJSONObject("properties").getString("half"))
            assertEquals("\ufffd", event.getJSONObject("properties").getString("other"))
        }
    }

    @Test
    fun `what JSON cannot hold is refused with its place`() {
        Opened(sink.url, store).use { opened ->
            val cycle = HashMap<String, Any?>()
            cycle["again"] = cycle
            assertEquals(Status.INVALID_ARGUMENT, opened.client.capture(EventType.TRACK, "a", cycle))
            assertEquals("wrong_type", opened.problems.take().code)
            val wrong = mapOf("a/b" to listOf(1, Thread.currentThread()))
            assertEquals(Status.INVALID_ARGUMENT, opened.client.capture(EventType.TRACK, "a", wrong))
            assertEquals("/a~1b/1", opened.problems.take().pointer)
        }
    }

    @Test
    fun `numbers are written as other languages write them`() {
        val written = Json.write(mapOf("a" to 49.0, "b" to 49.5f, "c" to Long.MAX_VALUE, "d" to Double.NaN, "e" to listOf(true, null)))
        assertEquals("""{"a":49,"b":49.5,"c":9223372036854775807,"d":null,"e":[true,null]}""", written)
    }

    @Test
    fun `a second client on the folder is told so`() {
        Opened(sink.url, store).use { first ->
            assertEquals(Status.OK, first.status)
            Opened(sink.url, store).use { assertEquals(Status.STORE_BUSY, it.status) }
            assertEquals(Status.OK, first.client.capture(EventType.TRACK, "goes_on"))
        }
    }

    @Test
    fun `so is another process, and the first goes on`() {
        Opened(sink.url, store).use { first ->
            assertEquals(Status.OK, first.status)
            val java = File(System.getProperty("java.home"), "bin/java").path
            val other = ProcessBuilder(
                java, "-Djava.library.path=${System.getProperty("java.library.path")}",
                "-cp", System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path"),
                OtherProcess::class.java.name, store.path,
            ).redirectErrorStream(true).start()
            val said = other.inputStream.bufferedReader().readText().trim()
            assertEquals(Status.STORE_BUSY.name, said.lines().last())
            first.allow("analytics")
            first.client.capture(EventType.TRACK, "goes_on")
            assertEquals("goes_on", sink.next().getString("event"))
        }
    }

    @Test
    fun `what was called before the process ended is delivered by the next`() {
        Opened("http://127.0.0.1:9", store).use { first ->
            first.allow("analytics")
            repeat(20) { n -> first.client.capture(EventType.TRACK, "kept", mapOf("n" to n)) }
        }
        Opened(sink.url, store).use {
            assertEquals(List(20) { n -> n }, List(20) { sink.next("kept").getJSONObject("properties").getInt("n") })
        }
    }

    @Test
    fun `who it is and what was decided is known to the next process`() {
        val before = Opened(sink.url, store, region = "DE").use { first ->
            first.allow("analytics")
            first.client.capture(EventType.IDENTIFY, userId = "u1")
            first.await { it.userId == "u1" }
        }
        Opened(sink.url, store, region = "DE").use { later ->
            val view = later.await { it.anonymousId != null }
            assertEquals(before.anonymousId, view.anonymousId)
            assertEquals("u1", view.userId)
            assertEquals("granted", view.consent.purposes["analytics"]!!.state)
            val answer = LinkedBlockingQueue<JSONObject>()
            later.client.ask(mapOf("type" to "records")) { answer.add(it ?: JSONObject()) }
            assertEquals(1, answer.take().getJSONArray("entries").length())
        }
    }

    @Test
    fun `a config that does not fit is refused with its reason`() {
        val config = JSONObject(Sink.config(sink.url)).put("speed", 9).toString()
        Opened(sink.url, store, config).use { opened ->
            assertEquals(Status.CONFIG_REFUSED, opened.status)
            val problem = opened.problems.take()
            assertEquals("unknown_key /speed", "${problem.code} ${problem.pointer}")
        }
    }

    @Test
    fun `a host that throws harms nobody`() {
        val asked = LinkedBlockingQueue<String>()
        val number = Native.open(Throwing(asked), Json.utf8(Sink.config(sink.url)), Json.utf8(store.path), null, null, 0, 0, null)
        assertNotEquals(0L, number)
        assertEquals(0, Native.ready(number, 60_000))
        assertEquals(0, Native.setConsent(number, Json.utf8("""{"analytics":"granted"}"""), null, null))
        assertEquals(0, Native.capture(number, 0, Json.utf8("a"), null, null, null, null, null, null))
        while (asked.take() != "send") continue
        assertEquals(0, Native.ask(number, Json.utf8("""{"type":"records"}""")) {
            asked.add("answer")
            error("thrown")
        })
        while (asked.take() != "answer") continue
        assertEquals(0, Native.close(number, 60_000))
    }

    private class Throwing(val asked: LinkedBlockingQueue<String>) : NativeHost {
        private fun fail(what: String): Nothing {
            asked.add(what)
            throw IllegalStateException(what)
        }

        override fun onView() = fail("view")

        override fun onProblem(code: ByteArray?, pointer: ByteArray?, found: ByteArray?, allowed: ByteArray?) = fail("problem")

        override fun onPreference(name: ByteArray?, json: ByteArray?) = fail("preference")

        override fun onSend(
            id: Long, method: ByteArray?, url: ByteArray?, headers: ByteArray?, body: ByteArray?,
            timeoutMs: Long, answerBytesMax: Long, leaving: Boolean, credentials: Boolean,
        ) = fail("send")

        override fun onAbort(id: Long) = fail("abort")
    }

    @Test
    fun `the keys of IAB's strings are told as numbers and texts, and removed`() {
        Opened(sink.url, store, region = "DE").use { opened ->
            assertEquals(Status.OK, opened.status)
            opened.allow("analytics")
            opened.await { it.consent.isAnswered }
            assertEquals(300, opened.preferences["IABTCF_CmpSdkID"])
            assertEquals(1, opened.preferences["IABTCF_gdprApplies"])
            assertTrue(opened.preferences["IABTCF_TCString"] is String)
        }
    }

    @Test
    fun `an event may say more of itself`() {
        Opened(sink.url, store).use { opened ->
            opened.allow("analytics")
            val options = EventOptions(mapOf("page" to mapOf("url" to "https://shop.example/")), "critical", listOf("analytics"))
            opened.client.capture(EventType.SCREEN, "Cart", mapOf("items" to 2), options = options)
            val event = sink.next()
            assertEquals("screen", event.getString("type"))
            assertEquals("https://shop.example/", event.getJSONObject("context").getJSONObject("page").getString("url"))
            assertEquals("waymark-android", event.getJSONObject("context").getJSONObject("library").getString("name"))
            val wrong = EventOptions(priority = "soon")
            assertEquals(Status.INVALID_ARGUMENT, opened.client.capture(EventType.TRACK, "a", options = wrong))
        }
    }
}

/** Opens the folder that it is told and says what came of it. */
internal object OtherProcess {
    @JvmStatic
    fun main(arguments: Array<String>) {
        Opened("http://127.0.0.1:9", File(arguments[0])).use { println(it.status) }
    }
}
