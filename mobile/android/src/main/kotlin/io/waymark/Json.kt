package io.waymark

import io.waymark.vocabulary.Touchpoint
import java.nio.CharBuffer
import java.nio.charset.CodingErrorAction
import org.json.JSONArray
import org.json.JSONObject

/**
 * Properties as JSON text. Numbers that JSON has no way to write become null; half a surrogate pair
 * is escaped, so that the engine sees what was there; a map with a null key, a value of another
 * type, and one that is nested too deeply (or in itself) are refused.
 */
internal object Json {
    /** The engine takes 32; a cycle has no end. */
    private const val DEPTH_MAX = 40

    /** @throws Unwritable what cannot be written, and where. */
    fun write(value: Any?): String = StringBuilder().also { append(it, value, "", 0) }.toString()

    fun utf8(text: String?): ByteArray? {
        if (text == null) return null
        // Half a surrogate pair would become a question mark.
        val encoder = Charsets.UTF_8.newEncoder()
            .replaceWith(REPLACEMENT)
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE)
        val bytes = encoder.encode(CharBuffer.wrap(text))
        return ByteArray(bytes.remaining()).also(bytes::get)
    }

    class Unwritable(val pointer: String, val found: String) : Exception()

    private val REPLACEMENT = byteArrayOf(0xEF.toByte(), 0xBF.toByte(), 0xBD.toByte())

    private fun append(to: StringBuilder, value: Any?, pointer: String, depth: Int) {
        if (depth > DEPTH_MAX) throw Unwritable(pointer, "more than $DEPTH_MAX levels, or a cycle")
        when (value) {
            null, JSONObject.NULL -> to.append("null")
            is Boolean, is Byte, is Short, is Int, is Long -> to.append(value.toString())
            is Number -> appendNumber(to, value)
            is CharSequence, is Char -> quote(to, value.toString())
            is Enum<*> -> quote(to, value.name)
            is Map<*, *> -> appendMap(to, value, pointer, depth)
            is Iterable<*> -> appendList(to, value.iterator(), pointer, depth)
            is Array<*> -> appendList(to, value.iterator(), pointer, depth)
            is IntArray -> appendList(to, value.iterator(), pointer, depth)
            is LongArray -> appendList(to, value.iterator(), pointer, depth)
            is DoubleArray -> appendList(to, value.iterator(), pointer, depth)
            is Touchpoint -> appendMap(to, value.toProperties(), pointer, depth)
            is JSONObject -> appendMap(to, mapOf(value), pointer, depth)
            is JSONArray -> appendList(to, listOf(value).iterator(), pointer, depth)
            else -> throw Unwritable(pointer, "a ${value.javaClass.simpleName}")
        }
    }

    private fun mapOf(value: JSONObject): Map<String, Any?> =
        value.keys().asSequence().associateWith { value.opt(it) }

    private fun listOf(value: JSONArray): List<Any?> = List(value.length()) { value.opt(it) }

    private fun appendNumber(to: StringBuilder, value: Number) {
        val number = value.toDouble()
        when {
            number.isNaN() || number.isInfinite() -> to.append("null")
            // As people and other languages write it: 49, not 49.0.
            (value is Double || value is Float) && number == number.toLong().toDouble() &&
                Math.abs(number) < EXACT -> to.append(number.toLong())
            else -> to.append(value.toString())
        }
    }

    private const val EXACT = 9.007199254740992E15

    private fun appendMap(to: StringBuilder, map: Map<*, *>, pointer: String, depth: Int) {
        to.append('{')
        var first = true
        for ((name, value) in map) {
            if (name == null) throw Unwritable(pointer, "a name that is null")
            if (!first) to.append(',')
            first = false
            quote(to, name.toString())
            to.append(':')
            append(to, value, "$pointer/${escaped(name.toString())}", depth + 1)
        }
        to.append('}')
    }

    private fun escaped(name: String) = name.replace("~", "~0").replace("/", "~1")

    private fun appendList(to: StringBuilder, values: Iterator<*>, pointer: String, depth: Int) {
        to.append('[')
        for ((index, value) in values.withIndex()) {
            if (index > 0) to.append(',')
            append(to, value, "$pointer/$index", depth + 1)
        }
        to.append(']')
    }

    private fun quote(to: StringBuilder, text: String) {
        to.append('"')
        for (index in text.indices) {
            val char = text[index]
            when {
                char == '"' || char == '\\' -> to.append('\\').append(char)
                char < ' ' || isHalf(text, index) -> escape(to, char)
                else -> to.append(char)
            }
        }
        to.append('"')
    }

    private fun escape(to: StringBuilder, char: Char) {
        to.append("\\u").append(char.code.toString(16).padStart(4, '0'))
    }

    private fun isHalf(text: String, index: Int): Boolean {
        val char = text[index]
        return when {
            char.isHighSurrogate() -> text.getOrNull(index + 1)?.isLowSurrogate() != true
            char.isLowSurrogate() -> text.getOrNull(index - 1)?.isHighSurrogate() != true
            else -> false
        }
    }
}

/** The object that a text of the engine's is, or null. */
internal fun ByteArray?.toJson(): JSONObject? = try {
    this?.let { JSONObject(String(it, Charsets.UTF_8)) }
} catch (_: org.json.JSONException) {
    null
}

internal fun JSONObject.strings(name: String): List<String> {
    val list = optJSONArray(name) ?: return emptyList()
    return List(list.length()) { list.optString(it) }
}

internal fun JSONObject.objects(name: String): List<JSONObject> {
    val list = optJSONArray(name) ?: return emptyList()
    return List(list.length()) { list.optJSONObject(it) }.filterNotNull()
}
