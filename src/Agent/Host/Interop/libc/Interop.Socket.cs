using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>socket(2), for families that .NET does not have.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int socket(int family, int type, int protocol);

        /// <summary>bind(2).</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int bind(int descriptor, void* address, uint length);

        /// <summary>send(2).</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint send(int descriptor, void* bytes, nuint length, int flags);

        /// <summary>recv(2).</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint recv(int descriptor, void* buffer, nuint length, int flags);

        /// <summary>getsockopt(2).</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int getsockopt(int descriptor, int level, int name, void* value, uint* length);

        /// <summary>setsockopt(2).</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int setsockopt(int descriptor, int level, int name, void* value, uint length);

        /// <summary>setns(2).</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int setns(int descriptor, int kind);
    }
}
