package io.waymark.contract

import java.io.ByteArrayOutputStream
import java.nio.ByteBuffer
import java.nio.ByteOrder

/** The engine's own boundary, by a library for tests alone (src/test/cpp). */
internal class Engine private constructor(private val handle: Long) : AutoCloseable {
    /** JSON text and the raw bodies behind it; see `sdk/docs/input.md`, The frame. */
    class Frame(val json: String, val bodies: ByteArray)

    constructor(start: Frame) : this(open(start.bytes()))

    fun handle(input: Frame): Frame = frameOf(handle(handle, input.bytes()))

    fun query(question: Frame): Frame = frameOf(query(handle, question.bytes()))

    fun view(): Frame = frameOf(view(handle))

    override fun close() = close(handle)

    companion object {
        init {
            System.loadLibrary("waymark_contract_jni")
        }

        @JvmStatic private external fun open(frame: ByteArray): Long

        @JvmStatic private external fun handle(engine: Long, frame: ByteArray): ByteArray

        @JvmStatic private external fun query(engine: Long, frame: ByteArray): ByteArray

        @JvmStatic private external fun view(engine: Long): ByteArray

        @JvmStatic private external fun close(engine: Long)

        private const val SIZE_BYTES = 4

        private fun Frame.bytes(): ByteArray {
            val text = json.toByteArray()
            val size = ByteBuffer.allocate(SIZE_BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(text.size)
            return ByteArrayOutputStream().apply {
                write(size.array())
                write(text)
                write(bodies)
            }.toByteArray()
        }

        private fun frameOf(bytes: ByteArray): Frame {
            if (bytes.isEmpty()) return Frame("", bytes)
            val size = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt()
            val end = SIZE_BYTES + size
            return Frame(String(bytes, SIZE_BYTES, size), bytes.copyOfRange(end, bytes.size))
        }
    }
}
