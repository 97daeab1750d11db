using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>dup(2).</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int dup(int descriptor);
    }
}
