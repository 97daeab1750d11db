using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>getrlimit(2): soft, then hard.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int getrlimit(int resource, ulong* limits);
    }
}
