package io.waymark.ui

import android.content.Context
import android.content.Intent
import android.graphics.Typeface
import android.net.Uri
import android.os.Build
import android.text.TextUtils
import android.util.AttributeSet
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.Button
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.Switch
import android.widget.TextView
import io.waymark.Choice
import io.waymark.ConsentState
import io.waymark.Waymark
import java.security.MessageDigest
import java.util.Locale

/**
 * The question, and behind "Settings" every purpose with a switch of its own: the same policy, the
 * same words and the same rules as on the web (`sdk/docs/banner.md`). It decides nothing: what is
 * asked comes from the engine's view, what is answered goes to `consent.set`.
 *
 * - To refuse takes one press, as to accept does, by buttons of the same size and look.
 * - Nothing is on beforehand that is not allowed already.
 * - Colours, fonts and buttons are those of the theme of its context.
 */
class ConsentView @JvmOverloads constructor(
    context: Context,
    attributes: AttributeSet? = null,
) : ScrollView(context, attributes) {
    /** Called when the person has decided: time to take the view away. */
    var onDecided: Runnable? = null

    private val column = LinearLayout(context).apply { orientation = LinearLayout.VERTICAL }
    private val switches = LinkedHashMap<String, Switch>()
    private var waymark: Waymark? = null
    private var policy = Policy.of("{}")
    private var texts = Texts.of(policy, emptyList())

    init {
        val space = dp(SPACE_DP)
        column.setPadding(space, space, space, space)
        addView(column, LayoutParams(MATCH_PARENT, WRAP_CONTENT))
    }

    /** Asks what is due. */
    fun showQuestion(waymark: Waymark) {
        bind(waymark)
        val state = waymark.consent.state
        val asked = state?.let { (it.due + it.conflicts).distinct() }
            ?: policy.purposes.filter { it.isOpen(null) }.map { it.id }
        draw {
            title(texts.say("title"))
            text(texts.say("text"))
            reasons(state).forEach { note(texts.say(it)) }
            asked.forEach { text("•  ${texts.nameOf(it)}") }
            val partners = policy.vendors.size
            if (partners > 0) text(texts.say("partners", "count" to partners))
            policyLink()
            answers(QUESTION) { granted ->
                decide(asked.associateWith { choice(granted) }, QUESTION, control(granted))
            }
            button(texts.say("settings"), "settings") { showSettings(waymark) }
        }
    }

    /** Shows every purpose as it stands: the way back to each decision. */
    fun showSettings(waymark: Waymark) {
        bind(waymark)
        val state = waymark.consent.state
        draw {
            title(texts.say("centre"))
            text(texts.say("centre.text"))
            policy.purposes.forEach { purpose(it, state) }
            keepRequirements()
            policyLink()
            answers(CENTRE) { granted ->
                decide(openSwitches().mapValues { choice(granted) }, CENTRE, control(granted))
            }
            button(texts.say("save"), "save") {
                decide(openSwitches().mapValues { choice(it.value.isChecked) }, CENTRE, "save")
            }
        }
    }

    private fun bind(waymark: Waymark) {
        this.waymark = waymark
        policy = Policy.of(waymark.consent.policy)
        texts = Texts.of(policy, locales())
        textDirection = View.TEXT_DIRECTION_LOCALE
        val locale = Locale.forLanguageTag(texts.language)
        layoutDirection = TextUtils.getLayoutDirectionFromLocale(locale)
    }

    private fun locales(): List<Locale> {
        val configuration = resources.configuration
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.N) return listOf(Locale.getDefault())
        return List(configuration.locales.size()) { configuration.locales[it] }
    }

    private fun reasons(state: ConsentState?): List<String> {
        val why = state?.due.orEmpty().mapNotNull { state?.purposes?.get(it)?.why }
        val conflict = if (state?.conflicts.isNullOrEmpty()) emptyList() else listOf("conflict")
        return (why.filter { it == "expired" || it == "changed" } + conflict).distinct()
    }

    private fun decide(choices: Map<String, Choice>, layer: String, control: String) {
        val shown = mapOf(
            "text_sha256" to hashOf(wordsOf(column)),
            "version" to policy.revision,
            "language" to texts.language,
            "layer" to layer,
            "control" to control,
        )
        waymark?.consent?.set(choices, shown)
        onDecided?.run()
    }

    // ---- what it is drawn of -------------------------------------------------------------------

    private inline fun draw(what: () -> Unit) {
        column.removeAllViews()
        switches.clear()
        what()
        scrollTo(0, 0)
    }

    private fun purpose(purpose: Policy.Purpose, state: ConsentState?) {
        val standing = state?.purposes?.get(purpose.id)
        val open = purpose.isOpen(state)
        val name = texts.nameOf(purpose.id)
        if (open) {
            switch(purpose.id, name, standing?.isGranted == true, standing?.isImposed != true)
        } else {
            title(name, SMALL)
            note(texts.say("always"))
        }
        note(texts.say("purposes.${purpose.id}.text"))
        if (!open) return
        if (purpose.isInterest) note(texts.say("objection"))
        val needs = purpose.requires.joinToString { texts.nameOf(it) }
        if (needs.isNotEmpty()) note(texts.say("needs", "names" to needs))
        if (standing?.isImposed == true) note(texts.say("unavailable"))
        val partners = policy.vendors.filter { purpose.id in it.purposes }.joinToString { it.name }
        if (partners.isNotEmpty()) note(partners)
    }

    private fun switch(id: String, name: String, on: Boolean, free: Boolean) {
        val made = Switch(context).apply {
            text = name
            tag = id
            isChecked = on
            isEnabled = free
            minHeight = dp(TARGET_DP)
            setOnCheckedChangeListener { _, _ -> keepRequirements() }
        }
        switches[id] = made
        column.addView(made, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
    }

    /** Those that the person may move. */
    private fun openSwitches(): Map<String, Switch> = switches.filter { (id, _) -> isFree(id) }

    private fun isFree(id: String): Boolean =
        waymark?.consent?.state?.purposes?.get(id)?.isImposed != true

    // What needs another purpose can be on only while that is. Once for each: what needs one that
    // needs another is settled by then.
    private fun keepRequirements() {
        val dependent = policy.purposes.filter { it.requires.isNotEmpty() && it.id in switches }
        repeat(dependent.size) {
            for (purpose in dependent) {
                val own = switches.getValue(purpose.id)
                val missing = purpose.requires.any { switches[it]?.isChecked == false }
                own.isEnabled = !missing && isFree(purpose.id)
                if (missing && own.isChecked) own.isChecked = false
            }
        }
    }

    private fun answers(layer: String, answer: (Boolean) -> Unit) {
        button(texts.say("reject"), "$layer.reject") { answer(false) }
        button(texts.say("accept"), "$layer.accept") { answer(true) }
    }

    private fun button(words: String, name: String, click: () -> Unit) {
        val made = Button(context).apply {
            text = words
            tag = name
            isAllCaps = false
            minHeight = dp(TARGET_DP)
            setOnClickListener { click() }
        }
        column.addView(made, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
    }

    private fun policyLink() {
        val url = policy.policyUrl ?: return
        val link = text(texts.say("policy")) ?: return
        link.minHeight = dp(TARGET_DP)
        link.setOnClickListener {
            try {
                val intent = Intent(Intent.ACTION_VIEW, Uri.parse(url))
                context.startActivity(intent.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK))
            } catch (_: RuntimeException) {
                // Nothing here opens web pages.
            }
        }
    }

    private fun title(words: String, size: Float = LARGE) {
        text(words)?.apply {
            textSize = size
            setTypeface(typeface, Typeface.BOLD)
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) isAccessibilityHeading = true
        }
    }

    private fun note(words: String) {
        text(words)?.alpha = SOFT
    }

    private fun text(words: String): TextView? {
        if (words.isEmpty()) return null
        return TextView(context).apply {
            text = words
            setPadding(0, dp(GAP_DP), 0, dp(GAP_DP))
            column.addView(this, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        }
    }

    private fun dp(value: Int): Int = (value * resources.displayMetrics.density).toInt()

    private companion object {
        const val QUESTION = "question"
        const val CENTRE = "centre"
        const val SPACE_DP = 24
        const val GAP_DP = 4
        const val TARGET_DP = 48
        const val LARGE = 22f
        const val SMALL = 16f
        const val SOFT = 0.8f

        fun choice(granted: Boolean) = if (granted) Choice.GRANTED else Choice.DENIED

        fun control(granted: Boolean) = if (granted) "accept" else "reject"

        fun wordsOf(column: LinearLayout): String =
            List(column.childCount) { column.getChildAt(it) }
                .filterIsInstance<TextView>()
                .joinToString("") { it.text }

        fun hashOf(words: String): String =
            MessageDigest.getInstance("SHA-256").digest(words.toByteArray())
                .joinToString("") { "%02x".format(it) }
    }
}
