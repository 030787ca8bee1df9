package io.waymark.jvm

import io.waymark.Choice
import io.waymark.ConsentState
import io.waymark.Problem
import io.waymark.objects
import io.waymark.strings
import io.waymark.ui.ConsentScreen
import io.waymark.ui.ConsentScreen.Row
import io.waymark.ui.ConsentScreens
import io.waymark.ui.Policy
import io.waymark.ui.VendorList
import java.io.File
import java.util.Locale
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Test

/** tests/screens: the same cases as on iOS. */
class ConsentScreensTest {
    private val folder = File(System.getProperty("waymark.contract")!!, "../screens")
    private val document = JSONObject(File(folder, "cases.json").readText())

    @Test
    fun `every case is drawn as it was`() {
        val drawn = document.objects("screens").joinToString("\n") { case ->
            "== ${case.getString("name")}\n" + linesOf(draw(case)).joinToString("") { "$it\n" }
        }
        val known = File(folder, "screens.txt")
        if (System.getenv("WAYMARK_RECORD") == "1") known.writeText(drawn)
        assertEquals(known.readText(), drawn)
    }

    @Test
    fun `the notice comes until somebody has read it`() {
        for (case in document.objects("notices")) {
            val log = JSONObject().put("entries", case.getJSONArray("entries"))
            assertEquals(case.getString("name"), case.getBoolean("due"), screensOf(case).isNoticeDue(log))
        }
    }

    @Test
    fun `the way back is called by what it is for`() {
        val (asked, unasked) = listOf("never", "opt_out").map { view ->
            screensOf(JSONObject().put("policy", "shop").put("view", view)).entryWords
        }
        assertEquals("Privacy settings" to "Your privacy choices", asked to unasked)
    }

    private fun draw(case: JSONObject): ConsentScreen = screensOf(case).run {
        when (case.getString("layer")) {
            "question" -> question()
            "notice" -> notice()
            else -> centre(movedOf(case, this), case.optJSONObject("log"))
        }
    }

    private fun screensOf(case: JSONObject): ConsentScreens {
        val consent = document.getJSONObject("policies").getJSONObject(case.getString("policy"))
        val policy = Policy.of(JSONObject().put("consent", consent).toString())
        val problems = ArrayList<Problem>()
        val list = document.getJSONObject("lists").optJSONObject(case.optString("vendor_list"))?.let { list ->
            VendorList.read("$list", case.optJSONObject("vendor_list_words")?.toString(), policy, problems::add)
        }
        assertEquals(listOfNotNull(case.opt("problem")), problems.map { it.pointer })
        val view = document.getJSONObject("views").getJSONObject(case.getString("view"))
        val languages = case.strings("languages").ifEmpty { listOf("en") }.map(Locale::forLanguageTag)
        return ConsentScreens(policy, ConsentState(view), languages, list)
    }

    private fun movedOf(case: JSONObject, screens: ConsentScreens): Map<String, Boolean> {
        val steps = case.optJSONArray("moved") ?: return emptyMap()
        return List(steps.length(), steps::getJSONArray).fold(emptyMap()) { moved, step ->
            screens.move(moved, step.getString(0), step.getBoolean(1))
        }
    }

    private fun linesOf(screen: ConsentScreen): List<String> =
        listOf("title ${screen.title}") + screen.rows.flatMap(::lines) + screen.buttons.map { button ->
            val rank = if (button.isPrimary) "" else " secondary"
            "button ${button.control} ${choices(button.choices)}$rank: ${button.text}"
        }

    private fun lines(row: Row): List<String> = when (row) {
        is Row.Text -> listOf("text ${row.text}")
        is Row.Note -> listOf("note ${row.text}")
        // When it was is told in the manner of the place, which is the system's.
        is Row.Item -> listOf("item ${row.text.replaceFirst(Regex("^.*(?= · Version)"), "…")}")
        is Row.Switch -> {
            val stands = "${if (row.isOn) "on" else "off"} ${if (row.isFree) "free" else "fixed"}"
            listOf("switch ${row.id} $stands: ${row.name}")
        }
        is Row.Always -> listOf("always ${row.name}: ${row.text}")
        is Row.Link -> listOf("link ${row.text} <${row.url}>")
        is Row.More -> listOf("more ${row.text}")
        is Row.Action -> listOf("action ${row.button.control} ${choices(row.button.choices)}: ${row.button.text}")
        is Row.Fold -> listOf("fold ${row.title}") + row.rows.flatMap(::lines).map { "  $it" }
        is Row.Group -> listOf("group") + row.rows.flatMap(::lines)
    }

    private fun choices(choices: Map<String, Choice>?): String = when {
        choices == null -> "-"
        choices.isEmpty() -> "()"
        else -> choices.entries.sortedBy { it.key }.joinToString(",") { "${it.key}=${it.value.name.lowercase()}" }
    }
}
