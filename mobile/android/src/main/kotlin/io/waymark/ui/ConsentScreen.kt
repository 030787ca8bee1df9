package io.waymark.ui

import io.waymark.Choice
import java.security.MessageDigest

/**
 * One layer of the consent screen as plain data: what stands on it, from top to bottom, and what
 * each button tells the engine. [ConsentScreens] makes it; draw it with [ConsentView], or yourself.
 */
class ConsentScreen internal constructor(
    val layer: Layer,
    /** BCP 47 tag of its words. */
    val language: String,
    val title: String,
    val rows: List<Row>,
    /** Those that are [Button.isPrimary] are to be of the same size and look. */
    val buttons: List<Button>,
    private val revision: String,
) {
    enum class Layer {
        /** What is due is asked. */
        QUESTION,

        /** Where nobody is asked before: what runs, and how to say no to it. */
        NOTICE,

        /** Every purpose and vendor with its switch: the way back to each decision. */
        CENTRE,
    }

    sealed class Row {
        /** A sentence. */
        data class Text(val text: String) : Row()

        /** A sentence of less weight. */
        data class Note(val text: String) : Row()

        /** A name in a list. */
        data class Item(val text: String) : Row()

        /** A purpose or the vendor of a collector (`vendor:` and its id). */
        data class Switch(
            val id: String,
            val name: String,
            val isOn: Boolean,
            /** The person may move it now. */
            val isFree: Boolean,
        ) : Row()

        /** A purpose that is not the person's to decide: [text] says that it is always on. */
        data class Always(val name: String, val text: String) : Row()

        data class Link(val text: String, val url: String) : Row()

        /** Leads to [Layer.CENTRE]. */
        data class More(val text: String) : Row()

        /** Folded at first. */
        data class Fold(val title: String, val rows: List<Row>) : Row()

        /** A button in its place among the rows. */
        data class Action(val button: Button) : Row()

        /** What belongs together, such as all that there is of one purpose. */
        data class Group(val rows: List<Row>) : Row()
    }

    data class Button(
        /** For the decision log: `accept`, `reject`, `save`, `ok`, `withdraw`; `settings`. */
        val control: String,
        val text: String,
        /** For `consent.set`; null: it decides nothing, and leads to [Layer.CENTRE]. */
        val choices: Map<String, Choice>?,
        val isPrimary: Boolean = true,
    )

    /** All words of this layer, in their order: of these is `text_sha256` made. */
    val words: String
        get() = (listOf(title) + rows.words() + buttons.map { it.text }).joinToString("\n")

    /** What goes into the decision log with a decision by this button. */
    fun shown(button: Button): Map<String, Any?> = mapOf(
        "text_sha256" to hashOf(words),
        "version" to revision,
        "language" to language,
        "layer" to layer.name.lowercase(),
        "control" to button.control,
    )

    private fun hashOf(words: String): String =
        MessageDigest.getInstance("SHA-256").digest(words.toByteArray())
            .joinToString("") { "%02x".format(it) }
}

private fun List<ConsentScreen.Row>.words(): List<String> = flatMap { row ->
    when (row) {
        is ConsentScreen.Row.Text -> listOf(row.text)
        is ConsentScreen.Row.Note -> listOf(row.text)
        is ConsentScreen.Row.Item -> listOf(row.text)
        is ConsentScreen.Row.Switch -> listOf(row.name)
        is ConsentScreen.Row.Always -> listOf(row.name, row.text)
        is ConsentScreen.Row.Link -> listOf(row.text)
        is ConsentScreen.Row.More -> listOf(row.text)
        is ConsentScreen.Row.Fold -> listOf(row.title) + row.rows.words()
        is ConsentScreen.Row.Action -> listOf(row.button.text)
        is ConsentScreen.Row.Group -> row.rows.words()
    }
}
