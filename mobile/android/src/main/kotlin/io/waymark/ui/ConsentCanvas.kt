package io.waymark.ui

import android.content.Context
import android.content.Intent
import android.net.Uri
import android.view.Gravity
import android.view.View
import android.view.ViewGroup
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.Switch
import android.widget.TextView
import io.waymark.ui.ConsentScreen.Button
import io.waymark.ui.ConsentScreen.Row

/** Draws a [ConsentScreen] with the framework's views: [rows], which scroll, [buttons] below. */
internal class ConsentCanvas(
    private val context: Context,
    private val press: (Button) -> Unit,
    private val move: (id: String, on: Boolean) -> Unit,
    private val more: () -> Unit,
) {
    val rows = column()
    val buttons = column()

    private val look = ConsentLook(context)
    private val switches = LinkedHashMap<String, Switch>()

    /** As many as the screen has buttons, in their order. */
    private var answers = emptyList<View>()

    /** Titles of what is unfolded: that stays so. */
    private val unfolded = HashSet<String>()
    private var isUpdating = false

    init {
        rows.setPadding(look.space, look.space, look.space, look.gap)
        buttons.setPadding(look.space - look.inset, look.gap, look.space - look.inset, look.space)
    }

    fun draw(screen: ConsentScreen) {
        rows.removeAllViews()
        buttons.removeAllViews()
        switches.clear()
        rows.addView(look.title(screen.title))
        screen.rows.forEach { add(it, rows, false) }
        drawButtons(screen.buttons)
        update(screen)
    }

    /** The same words; only the switches stand otherwise, and what the buttons answer. */
    fun update(screen: ConsentScreen) {
        isUpdating = true
        screen.rows.switches().forEach { row ->
            switches[row.id]?.apply {
                isChecked = row.isOn
                isEnabled = row.isFree
            }
        }
        isUpdating = false
        screen.buttons.zip(answers) { button, view -> view.setOnClickListener { press(button) } }
    }

    private fun List<Row>.switches(): List<Row.Switch> = flatMap { row ->
        when (row) {
            is Row.Switch -> listOf(row)
            is Row.Group -> row.rows.switches()
            is Row.Fold -> row.rows.switches()
            else -> emptyList()
        }
    }

    private fun add(row: Row, column: LinearLayout, isFolded: Boolean) {
        when (row) {
            is Row.Text -> column.addView(look.text(row.text))
            is Row.Note -> column.addView(look.note(row.text))
            is Row.Item -> column.addView(look.item(row.text, isFolded))
            is Row.Switch -> column.addView(switch(row))
            is Row.Always -> column.addView(always(row))
            is Row.Link -> column.addView(look.link(row.text) { open(row.url) })
            is Row.More -> column.addView(look.link(row.text, more))
            is Row.Action -> column.addView(look.link(row.button.text) { press(row.button) })
            is Row.Fold -> fold(row, column)
            is Row.Group -> {
                column.addView(look.line())
                row.rows.forEach { add(it, column, isFolded) }
            }
        }
    }

    private fun switch(row: Row.Switch): View = look.switch(row.name).apply {
        tag = row.id
        switches[row.id] = this
        setOnCheckedChangeListener { _, on -> if (!isUpdating) move(row.id, on) }
    }

    private fun always(row: Row.Always): View = LinearLayout(context).apply {
        orientation = LinearLayout.HORIZONTAL
        gravity = Gravity.CENTER_VERTICAL
        minimumHeight = look.target
        addView(look.name(row.name), LinearLayout.LayoutParams(0, WRAP_CONTENT, 1f))
        addView(look.note(row.text), LinearLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT))
    }

    private fun fold(row: Row.Fold, column: LinearLayout) {
        val inside = column()
        inside.setPaddingRelative(look.indent, 0, 0, look.gap)
        row.rows.forEach { add(it, inside, true) }
        val show = { isOpen: Boolean, head: TextView ->
            inside.visibility = if (isOpen) View.VISIBLE else View.GONE
            look.dressFold(head, row.title, isOpen)
        }
        val head = look.link(row.title) {}
        head.setOnClickListener {
            val isOpen = unfolded.add(row.title) || !unfolded.remove(row.title)
            show(isOpen, head)
        }
        show(row.title in unfolded, head)
        column.addView(head)
        column.addView(inside)
    }

    private fun drawButtons(shown: List<Button>) {
        answers = shown.map(look::button)
        val left = ArrayDeque(shown zip answers)
        while (left.isNotEmpty()) {
            val line = LinearLayout(context)
            repeat(if (arePair(left.take(2).map { it.first })) 2 else 1) {
                val (_, view) = left.removeFirst()
                line.addView(view, LinearLayout.LayoutParams(0, MATCH_PARENT, 1f))
            }
            buttons.addView(line, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        }
    }

    private fun arePair(next: List<Button>) =
        next.size == 2 && next.all { it.isPrimary } && look.fitsTwice(next.map { it.text })

    private fun open(url: String) {
        try {
            val intent = Intent(Intent.ACTION_VIEW, Uri.parse(url))
            context.startActivity(intent.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK))
        } catch (_: RuntimeException) {
            // Nothing here opens such addresses.
        }
    }

    private fun column() = LinearLayout(context).apply {
        orientation = LinearLayout.VERTICAL
        layoutParams = ViewGroup.LayoutParams(MATCH_PARENT, WRAP_CONTENT)
    }
}
