package io.waymark.ui

import io.waymark.Choice
import io.waymark.ConsentState
import io.waymark.objects
import io.waymark.strings
import io.waymark.ui.ConsentScreen.Button
import io.waymark.ui.ConsentScreen.Row
import java.text.DateFormat
import java.util.Date
import java.util.Locale
import org.json.JSONObject

/** The choices so far: what, when, under which version; each that is allowed can be taken back. */
internal class ConsentHistory(private val texts: Texts, private val state: ConsentState) {
    fun of(log: JSONObject): Row {
        val entries = log.objects("entries").asReversed().flatMap(::entry)
        val none = listOf(Row.Note(texts.say("history.none")))
        return Row.Fold(texts.say("history"), entries.ifEmpty { none } + withdrawals())
    }

    private fun withdrawals(): List<Row> = state.purposes
        .filter { (id, standing) -> standing.state == "granted" && !ConsentScreens.isVendor(id) }
        .keys.sorted().map { id ->
            val text = texts.say("withdraw", "name" to texts.nameOf(id))
            Row.Action(Button("withdraw", text, mapOf(id to Choice.DENIED), isPrimary = false))
        }

    private fun entry(entry: JSONObject): List<Row> {
        val isDeletion = entry.optString("type") == "deletion"
        val by = when (entry.optString("by")) {
            "person" -> ""
            "account" -> texts.say("account")
            else -> texts.say("automatic")
        }
        val version = texts.say("version", "version" to entry.optString("revision"))
        val what = if (isDeletion) texts.say("deleted") else by
        val said = listOf(timeOf(entry.optLong("time_ms")), version, what)
        val head = said.filter { it.isNotEmpty() }.joinToString(" · ")
        return listOf(Row.Item(head), Row.Note(standings(entry)))
    }

    private fun standings(entry: JSONObject): String {
        val purposes = entry.optJSONObject("purposes")
            ?: return entry.strings("purposes").joinToString { texts.nameOf(it) }
        val ids = purposes.keys().asSequence().filterNot(ConsentScreens::isVendor).sorted()
        return ids.mapNotNull { id ->
            val standing = purposes.optJSONObject(id)?.optString("state")
            standing?.takeIf { it in DECIDED }?.let { "${texts.nameOf(id)}: ${texts.say(it)}" }
        }.joinToString()
    }

    private fun timeOf(timeMs: Long): String {
        val locale = Locale.forLanguageTag(texts.language)
        return DateFormat.getDateTimeInstance(DateFormat.MEDIUM, DateFormat.SHORT, locale)
            .format(Date(timeMs))
    }

    private companion object {
        val DECIDED = setOf("granted", "denied")
    }
}
