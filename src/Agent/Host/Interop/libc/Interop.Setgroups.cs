using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>setgroups(2), of the whole process.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int setgroups(nuint count, uint* groups);
    }
}
