using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>posix_spawn_file_actions_init(3): the object is 80 bytes in glibc; 512 are given.</summary>
        [LibraryImport("libc")]
        internal static partial int posix_spawn_file_actions_init(byte* actions);

        /// <summary>posix_spawn_file_actions_destroy(3).</summary>
        [LibraryImport("libc")]
        internal static partial int posix_spawn_file_actions_destroy(byte* actions);

        /// <summary>
        /// posix_spawn_file_actions_adddup2(3): a descriptor duplicated to itself loses close-on-exec
        /// (glibc 2.29, POSIX issue 8).
        /// </summary>
        [LibraryImport("libc")]
        internal static partial int posix_spawn_file_actions_adddup2(byte* actions, int descriptor, int target);

        /// <summary>posix_spawn_file_actions_addclose(3).</summary>
        [LibraryImport("libc")]
        internal static partial int posix_spawn_file_actions_addclose(byte* actions, int descriptor);

        /// <summary>posix_spawn_file_actions_addopen(3).</summary>
        [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int posix_spawn_file_actions_addopen(
            byte* actions, int descriptor, string path, int flags, uint mode);

        /// <summary>posix_spawnattr_init(3): the object is 336 bytes in glibc; 512 are given.</summary>
        [LibraryImport("libc")]
        internal static partial int posix_spawnattr_init(byte* attributes);

        /// <summary>posix_spawnattr_destroy(3).</summary>
        [LibraryImport("libc")]
        internal static partial int posix_spawnattr_destroy(byte* attributes);

        /// <summary>posix_spawnattr_setflags(3).</summary>
        [LibraryImport("libc")]
        internal static partial int posix_spawnattr_setflags(byte* attributes, short flags);
    }
}
