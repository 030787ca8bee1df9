package io.waymark.ui

import android.content.Context
import android.content.res.ColorStateList
import android.graphics.Color
import android.graphics.Paint
import android.graphics.Typeface
import android.graphics.drawable.GradientDrawable
import android.graphics.drawable.InsetDrawable
import android.graphics.drawable.RippleDrawable
import android.os.Build
import android.os.Bundle
import android.util.TypedValue
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.view.accessibility.AccessibilityNodeInfo
import android.view.accessibility.AccessibilityNodeInfo.AccessibilityAction
import android.widget.LinearLayout
import android.widget.Switch
import android.widget.TextView
import io.waymark.ui.ConsentScreen.Button

/**
 * The views of the consent screen in the text colours and the ground of the context's theme: an
 * accent may be too pale to be read. Sizes grow with the person's font size.
 */
internal class ConsentLook(private val context: Context) {
    val space = dp(24)
    val gap = dp(8)
    val indent = dp(12)
    val target = dp(48)

    /** Around a button's ground, so that neighbours do not touch. */
    val inset = dp(4)

    private val words = color(android.R.attr.textColorPrimary)
    private val soft = color(android.R.attr.textColorSecondary)
    private val ground = color(android.R.attr.colorBackground)

    fun title(words: String): TextView = text(words, 22f).apply {
        setTypeface(typeface, Typeface.BOLD)
        setPadding(0, 0, 0, gap)
        markHeading()
    }

    fun text(words: String): TextView = text(words, 16f)

    fun note(words: String): TextView = text(words, 14f).apply { setTextColor(soft) }

    fun name(words: String): TextView =
        text(words, 16f).apply { setTypeface(typeface, Typeface.BOLD) }

    /** What is folded has notes of its own below it; elsewhere it is one of a list. */
    fun item(words: String, isFolded: Boolean): TextView =
        if (isFolded) name(words) else text("•  $words")

    fun switch(words: String): Switch = Switch(context).apply {
        dress(words, 16f)
        setTypeface(typeface, Typeface.BOLD)
        minHeight = target
        switchPadding = dp(16)
    }

    fun link(words: String, click: () -> Unit): TextView = text(words, 16f).apply {
        paintFlags = paintFlags or Paint.UNDERLINE_TEXT_FLAG
        minHeight = target
        gravity = Gravity.CENTER_VERTICAL
        layoutParams = LinearLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT)
        isFocusable = true
        background = ripple(null)
        setOnClickListener { click() }
        accessibilityDelegate = AsButton
    }

    /** Says to eyes and ears whether what is below is unfolded. */
    fun dressFold(head: TextView, title: String, isOpen: Boolean) {
        head.paintFlags = head.paintFlags and Paint.UNDERLINE_TEXT_FLAG.inv()
        head.text = if (isOpen) "$title  ▴" else "$title  ▾"
        head.contentDescription = title
        head.accessibilityDelegate = if (isOpen) AsOpenFold else AsFold
    }

    fun line(): View = View(context).apply {
        setBackgroundColor(soft)
        alpha = FAINT
        layoutParams = LinearLayout.LayoutParams(MATCH_PARENT, dp(1)).apply {
            setMargins(0, gap, 0, gap)
        }
    }

    fun button(button: Button): TextView = android.widget.Button(context).apply {
        val dark = opaque(this@ConsentLook.words)
        val fill = GradientDrawable().apply {
            cornerRadius = dp(10).toFloat()
            if (button.isPrimary) setColor(dark) else setStroke(dp(1), soft)
        }
        dress(button.text, 16f)
        isAllCaps = false
        setTextColor(if (button.isPrimary) ground else dark)
        setTypeface(typeface, Typeface.BOLD)
        stateListAnimator = null
        background = InsetDrawable(ripple(fill), inset)
        setPadding(dp(16), dp(12), dp(16), dp(12))
        minHeight = dp(56)
    }

    /** Whether two buttons with such words find room beside each other, in one line each. */
    fun fitsTwice(labels: List<String>): Boolean {
        val size = sp(16f)
        val paint = Paint().apply {
            textSize = size
            typeface = Typeface.DEFAULT_BOLD
        }
        val longest = labels.maxOfOrNull(paint::measureText) ?: 0f
        // A dialog leaves the window's edges free.
        val width = context.resources.displayMetrics.widthPixels - 2 * space - dp(32)
        return longest + dp(48) <= width / 2
    }

    private fun text(words: String, size: Float): TextView = TextView(context).apply {
        dress(words, size)
        setPadding(0, dp(4), 0, dp(4))
    }

    private fun TextView.dress(words: String, size: Float) {
        text = words
        setTextSize(TypedValue.COMPLEX_UNIT_SP, size)
        setTextColor(this@ConsentLook.words)
        layoutParams = LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT)
    }

    private fun View.markHeading() {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) isAccessibilityHeading = true
    }

    private fun ripple(fill: GradientDrawable?): RippleDrawable {
        val mask = GradientDrawable().apply {
            cornerRadius = dp(10).toFloat()
            setColor(Color.WHITE)
        }
        val light = ColorStateList.valueOf(color(android.R.attr.colorControlHighlight))
        return RippleDrawable(light, fill, mask)
    }

    /** Text colours may let the ground shine through; what is filled with them may not. */
    private fun opaque(color: Int): Int {
        val share = Color.alpha(color) / OPAQUE
        val mix = { part: (Int) -> Int ->
            (part(color) * share + part(ground) * (1 - share)).toInt()
        }
        return Color.rgb(mix(Color::red), mix(Color::green), mix(Color::blue))
    }

    private fun color(attribute: Int): Int {
        val found = context.obtainStyledAttributes(intArrayOf(attribute))
        return found.getColor(0, Color.GRAY).also { found.recycle() }
    }

    private fun dp(value: Int): Int = (value * context.resources.displayMetrics.density).toInt()

    private fun sp(value: Float): Float {
        val metrics = context.resources.displayMetrics
        return TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_SP, value, metrics)
    }

    private companion object {
        const val FAINT = 0.25f
        const val OPAQUE = 255f
    }
}

/** What screen readers call it, as they say it in the person's language. */
private open class Spoken(private val action: AccessibilityAction?) : View.AccessibilityDelegate() {
    override fun onInitializeAccessibilityNodeInfo(host: View, info: AccessibilityNodeInfo) {
        super.onInitializeAccessibilityNodeInfo(host, info)
        info.className = android.widget.Button::class.java.name
        action?.let(info::addAction)
    }

    override fun performAccessibilityAction(host: View, action: Int, args: Bundle?): Boolean =
        if (action == this.action?.id) {
            host.performClick()
        } else {
            super.performAccessibilityAction(host, action, args)
        }
}

private object AsButton : Spoken(null)

private object AsFold : Spoken(AccessibilityAction.ACTION_EXPAND)

private object AsOpenFold : Spoken(AccessibilityAction.ACTION_COLLAPSE)
