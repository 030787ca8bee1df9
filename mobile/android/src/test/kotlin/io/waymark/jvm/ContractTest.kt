package io.waymark.jvm

import io.waymark.contract.Engine
import io.waymark.contract.Engine.Frame
import io.waymark.contract.Line
import java.io.File
import java.util.Base64
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized

/** The files of tests/contract, read as every other face reads it: the same inputs, the same bytes. */
@RunWith(Parameterized::class)
class ContractTest(private val name: String) {
    private var engine: Engine? = null

    @Test
    fun holdsToTheByte() {
        var lines = 0
        File(folder, name).useLines { all ->
            for (text in all.filter(String::isNotBlank)) play(Line(text), "$name:${++lines}")
        }
        engine?.close()
        assertTrue(lines > 1)
    }

    private fun play(line: Line, at: String) {
        if ("case" in line) return open(line)
        val engine = checkNotNull(engine) { "$at: a line before the first case" }
        when {
            "view" in line -> compare(at, line, "view", engine.view())
            "query" in line -> compare(at, line, "answer", engine.query(Frame(line.raw("query")!!, NO_BYTES)))
            else -> {
                val text = line.string("input_text") ?: line.raw("input")!!
                compare(at, line, "output", engine.handle(Frame(text, line.bytes("bodies"))))
            }
        }
    }

    private fun open(line: Line) {
        engine?.close()
        engine = Engine(Frame(line.raw("start")!!, line.bytes("bodies")))
    }

    private fun compare(at: String, line: Line, member: String, actual: Frame) {
        val expected = checkNotNull(line.raw(member)) { "$at: no $member is written down" }
        assertEquals(at, if (expected == "null") "" else expected, actual.json)
        assertEquals("$at, bodies", line.string("output_bodies").orEmpty(), base64(actual.bodies))
    }

    private fun Line.bytes(name: String) = Base64.getDecoder().decode(string(name).orEmpty())

    private fun base64(bytes: ByteArray) = Base64.getEncoder().encodeToString(bytes)

    companion object {
        private val folder = File(System.getProperty("waymark.contract"))
        private val NO_BYTES = ByteArray(0)

        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun files(): List<String> {
            val names = folder.list().orEmpty().filter { it.endsWith(".jsonl") }.sorted()
            check(names.size > 6) { "no contract files in $folder" }
            return names
        }
    }
}
