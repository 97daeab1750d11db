using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>prctl(2).</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);
    }
}
