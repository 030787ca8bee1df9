// The module that customers build into their app, with Android's Gradle plugin and the NDK. It is
// not built in this tree: neither can be had here. The same sources are compiled and tested by
// pom.xml against the framework's classes, and the library by CMake for this machine.
plugins {
    id("com.android.library")
    id("org.jetbrains.kotlin.android")
}

val root = file("../..")

// The words of the consent screen are those of the web banner.
val texts by tasks.registering(Copy::class) {
    from(root.resolve("js/src/banner/texts"))
    into(layout.buildDirectory.dir("waymark-texts/io/waymark/texts"))
}

android {
    namespace = "io.waymark"
    compileSdk = 35

    defaultConfig {
        minSdk = 24
        consumerProguardFiles("consumer-rules.pro")
        ndk { abiFilters += listOf("arm64-v8a", "armeabi-v7a", "x86", "x86_64") }
        externalNativeBuild {
            cmake {
                targets += "waymark_jni"
                arguments += listOf(
                    "-DANDROID_STL=c++_static",
                    "-DBUILD_TESTING=OFF",
                    "-DWAYMARK_SAMPLES=OFF",
                    "-DWAYMARK_SQLITE_DIR=${providers.gradleProperty("waymark.sqlite").orNull.orEmpty()}",
                )
            }
        }
    }

    externalNativeBuild { cmake { path = root.resolve("CMakeLists.txt") } }
    sourceSets["main"].resources.srcDir(layout.buildDirectory.dir("waymark-texts"))

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
}

kotlin { compilerOptions { jvmTarget = org.jetbrains.kotlin.gradle.dsl.JvmTarget.JVM_17 } }

tasks.named("preBuild") { dependsOn(texts) }

dependencies {
    api("org.jetbrains.kotlinx:kotlinx-coroutines-core:1.11.0")
}
