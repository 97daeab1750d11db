using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>getgroups(2).</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int getgroups(int count, uint* groups);
    }
}
