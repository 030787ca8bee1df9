package io.waymark.ui

import io.waymark.Choice
import io.waymark.ConsentState
import io.waymark.objects
import io.waymark.ui.ConsentScreen.Button
import io.waymark.ui.ConsentScreen.Layer
import io.waymark.ui.ConsentScreen.Row
import java.util.Locale
import org.json.JSONObject

/**
 * What the consent screen shows, worked out from the config's policy and the engine's view: the
 * rules of the banner on pages (`sdk/docs/banner.md`). Pure, and decides nothing.
 */
class ConsentScreens internal constructor(
    private val policy: Policy,
    private val state: ConsentState,
    private val texts: Texts,
    private val list: VendorList? = null,
) {
    /**
     * @param config the config document, JSON.
     * @param languages the person's, the dearest first.
     */
    constructor(config: String, state: ConsentState, languages: List<Locale>) : this(
        Policy.of(config),
        state,
        languages,
        null,
    )

    internal constructor(
        policy: Policy,
        state: ConsentState,
        languages: List<Locale>,
        list: VendorList?,
    ) : this(policy, state, Texts.of(policy, languages), list)

    private val asked = (state.due + state.conflicts).distinct()

    /** A question is due: [question] shows it. */
    val isDue: Boolean get() = asked.isNotEmpty()

    /** Of what is on, all that a person may switch off. */
    private val running = policy.purposes.filter { purpose ->
        state.purposes[purpose.id]?.let { it.state == "granted" && !it.isImposed } == true
    }

    private val refusable = running.filter { state.model == "opt_out" && it.isSold }

    /**
     * Whether [notice] is to be shown: nobody is asked before (`opt_out`, `notice`), something is
     * on that they may switch off, and nobody has read it or decided under this revision.
     *
     * @param log the decision log: `consent.records()`.
     */
    fun isNoticeDue(log: JSONObject): Boolean {
        val seen = log.objects("entries").any { entry ->
            entry.optString("revision") == policy.revision && entry.optString("by") in THEIRS
        }
        // A notice without words is none.
        val hasWords = texts.say("notice.ok").isNotEmpty()
        return state.model != "opt_in" && !isDue && !seen && running.isNotEmpty() && hasWords
    }

    /** The words of the way back. Where nobody is asked they are all that says that one may. */
    val entryWords: String get() = texts.say(if (state.model == "opt_in") "centre" else "title")

    /** What confirms a decision. */
    val savedWords: String get() = texts.say("saved")

    // ---- first layers -------------------------------------------------------------------------

    /** Asks what is due. To refuse takes one press, as to accept does. */
    fun question(): ConsentScreen {
        val partners = policy.vendors.size
        val said = if (policy.isTcf) listOf("tcf.text", "text") else listOf("text")
        val more = listOf(Row.More(texts.say("partners", "count" to partners)))
        val rows = said.map { Row.Text(texts.say(it, "count" to partners)) } +
            reasons().map { Row.Note(texts.say(it)) } +
            asked.map { Row.Item(texts.nameOf(it)) } +
            (if (partners > 0) more else emptyList()) +
            policyLink()
        val buttons = listOf(
            button("reject", answer(asked, Choice.DENIED)),
            button("accept", answer(asked, Choice.GRANTED)),
            settings(),
        )
        return screen(Layer.QUESTION, "title", rows, buttons)
    }

    /** Tells what is on. "OK" agrees to nothing: it is a decision that names no purpose. */
    fun notice(): ConsentScreen {
        val text = if (state.model == "opt_out") "notice.opt_out" else "notice.text"
        val rows = listOf(Row.Text(texts.say(text))) +
            signal() +
            running.map { Row.Item(texts.nameOf(it.id)) } +
            policyLink()
        val ok = Button("ok", texts.say("notice.ok"), emptyMap())
        return screen(Layer.NOTICE, "title", rows, refusal() + ok + settings())
    }

    private fun reasons(): List<String> {
        val why = state.due.mapNotNull { state.purposes[it]?.why }.filter { it in DUE_FOR }
        return (why + listOf("conflict").filter { state.conflicts.isNotEmpty() }).distinct()
    }

    private fun settings() = Button("settings", texts.say("settings"), null, isPrimary = false)

    /** "Do not sell or share": what is on, and what the law lets people refuse by that name. */
    private fun refusal(): List<Button> {
        if (refusable.isEmpty()) return emptyList()
        val choices = answer(refusable.map { it.id }, Choice.DENIED)
        return listOf(button("reject", choices, "notice.refuse"))
    }

    // ---- the preference centre ----------------------------------------------------------------

    /**
     * Every purpose, and every vendor of a collector, with its switch. Nothing is on that is not
     * allowed, save what the person has [moved]: id of the switch to whether it is on.
     *
     * @param log the decision log, for the choices so far; null: they are left out.
     */
    @JvmOverloads
    fun centre(moved: Map<String, Boolean> = emptyMap(), log: JSONObject? = null): ConsentScreen {
        val switches = Switches(policy, state, moved)
        val rows = listOf(Row.Text(texts.say("centre.text"))) +
            signal() +
            policy.purposes.map { Row.Group(purpose(it, switches)) } +
            listOfNotNull(list?.rest(policy, texts)?.let(Row::Group)) +
            listOfNotNull(log?.let { ConsentHistory(texts, state).of(it) }) +
            policyLink() +
            contact()
        val buttons = refusal() + listOf(
            button("reject", answer(switches.open.filterNot(::isVendor), Choice.DENIED)),
            button("accept", answer(switches.open, Choice.GRANTED)),
            button("save", switches.chosen()),
        )
        return screen(Layer.CENTRE, "centre", rows, buttons)
    }

    /**
     * What is [moved] once the person has moved one more: what needs another purpose goes off with
     * it, and stays off when that comes back.
     */
    fun move(moved: Map<String, Boolean>, id: String, on: Boolean): Map<String, Boolean> =
        Switches(policy, state, moved + (id to on)).standing

    private fun purpose(purpose: Policy.Purpose, switches: Switches): List<Row> {
        val name = texts.nameOf(purpose.id)
        val head = if (purpose.isOpen(state)) {
            switches.row(purpose.id, name)
        } else {
            Row.Always(name, texts.say("always"))
        }
        val vendors = policy.vendors.filter { purpose.id in it.purposes }
        val services = policy.services.filter { purpose.id in it.purposes }
        val partners = vendors.flatMap { vendor(it, purpose, switches) } +
            services.flatMap(::service)
        val title = texts.say("partners", "count" to vendors.size + services.size)
        return listOf(head) +
            notes(purpose).filter { it.isNotEmpty() }.map(Row::Note) +
            listOfNotNull(list?.purposes(purpose.tcf, texts)) +
            (if (partners.isEmpty()) emptyList() else listOf(Row.Fold(title, partners)))
    }

    private fun notes(purpose: Policy.Purpose): List<String> {
        val standing = state.purposes[purpose.id]
        val isOpen = purpose.isOpen(state)
        val needs = purpose.requires.joinToString { texts.nameOf(it) }
        return listOfNotNull(
            texts.say("purposes.${purpose.id}.text"),
            texts.say("objection").takeIf { isOpen && purpose.isInterest },
            texts.say("needs", "names" to needs).takeIf { isOpen && needs.isNotEmpty() },
            texts.say("unavailable").takeIf { isOpen && standing?.isImposed == true },
            standing?.why?.takeIf { it in DUE_FOR }?.let { texts.say(it) },
            texts.say("conflict").takeIf { purpose.id in state.conflicts },
            texts.say("contradiction").takeIf { purpose.id in state.contradictions },
        )
    }

    // Only the vendor of a collector has a switch of its own, at the first of its purposes.
    private fun vendor(
        vendor: Policy.Vendor,
        purpose: Policy.Purpose,
        switches: Switches,
    ): List<Row> {
        val own = VENDOR + vendor.id
        val isFirst = policy.purposes.firstOrNull { it.id in vendor.purposes } === purpose
        val hasSwitch = isFirst && own in state.purposes
        val head = if (hasSwitch) switches.row(own, vendor.name) else Row.Item(vendor.name)
        return listOf(head) +
            note("vendors.${vendor.id}.text") +
            listOfNotNull(vendor.privacyUrl?.let { Row.Link(texts.say("policy"), it) }) +
            vendor.tcfId?.let { list?.vendor(it, texts) }.orEmpty()
    }

    private fun service(service: Policy.Vendor): List<Row> =
        listOf(Row.Item(service.name)) + note("services.${service.id}.text")

    private fun note(name: String): List<Row> =
        listOf(texts.say(name)).filter { it.isNotEmpty() }.map(Row::Note)

    // ---- what several layers have -------------------------------------------------------------

    private fun screen(layer: Layer, title: String, rows: List<Row>, buttons: List<Button>) =
        ConsentScreen(
            layer,
            texts.language,
            texts.say(title),
            rows.filter(::says),
            buttons,
            policy.revision,
        )

    /** An empty text takes a sentence away. */
    private fun says(row: Row) = (row as? Row.Text)?.text != "" && (row as? Row.Note)?.text != ""

    private fun button(control: String, choices: Map<String, Choice>, name: String = control) =
        Button(control, texts.say(name), choices)

    private fun answer(ids: List<String>, choice: Choice) = ids.associateWith { choice }

    private fun signal(): List<Row> {
        val isHonoured = state.purposes.values.any { it.why == "gpc" }
        return if (isHonoured) listOf(Row.Note(texts.say("gpc"))) else emptyList()
    }

    private fun policyLink(): List<Row> =
        listOfNotNull(policy.policyUrl?.let { Row.Link(texts.say("policy"), it) })

    private fun contact(): List<Row> = listOfNotNull(
        policy.contact?.let { if ('@' in it) Row.Link(it, "mailto:$it") else Row.Note(it) },
    )

    internal companion object {
        const val VENDOR = "vendor:"
        private val DUE_FOR = setOf("expired", "changed")

        // Whoever decides here has been to the settings, or has read the notice.
        private val THEIRS = setOf("person", "account")

        fun isVendor(id: String) = id.startsWith(VENDOR)
    }
}
