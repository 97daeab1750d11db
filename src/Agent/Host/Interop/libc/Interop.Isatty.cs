using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>isatty(3): 1 for a terminal.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int isatty(int descriptor);
    }
}
