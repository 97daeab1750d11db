using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>getgrouplist(3): -1 when there are more than fit.</summary>
        [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int getgrouplist(string user, uint group, uint* groups, int* count);
    }
}
