package io.waymark.contract

import org.json.JSONTokener

/**
 * One line of a contract file: the text of each member, to the byte. A JSON library would write
 * numbers in its own way, and it is bytes that are compared.
 */
internal class Line(private val text: String) {
    private val members = LinkedHashMap<String, String>()

    init {
        var at = 1
        while (text[at] != '}') {
            if (text[at] == ',') at++
            val nameEnd = endOf(at)
            val valueEnd = endOf(nameEnd + 1)
            members[decoded(text.substring(at, nameEnd))] = text.substring(nameEnd + 1, valueEnd)
            at = valueEnd
        }
    }

    operator fun contains(name: String) = name in members

    /** As it stands there. */
    fun raw(name: String): String? = members[name]

    /** A string, without its quotes and escapes. */
    fun string(name: String): String? = members[name]?.let(::decoded)

    private fun decoded(json: String) = JSONTokener(json).nextValue() as String

    /** Where the value that begins at `start` ends. */
    private fun endOf(start: Int): Int {
        var depth = 0
        var at = start
        while (true) {
            when (text[at]) {
                '"' -> at = endOfString(at)
                '{', '[' -> depth++
                '}', ']' -> if (depth-- == 0) return at
                ',', ':' -> if (depth == 0) return at
            }
            at++
        }
    }

    /** Of its closing quote. */
    private fun endOfString(start: Int): Int {
        var at = start + 1
        while (text[at] != '"') at += if (text[at] == '\\') 2 else 1
        return at
    }
}
