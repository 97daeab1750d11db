using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sallyport.Agent.Enforcement;
using Sallyport.Wire;

namespace Sallyport.Agent.Tests.Enforcement;

public sealed class RefusedSocketsTests
{
    /// <summary>No socket has these cookies, so nothing is destroyed; each is looked for all the same, which takes longer than to name it.</summary>
    [Fact]
    public void Sockets_that_find_no_place_among_those_that_wait_are_counted()
    {
        const int Refused = 50_000;
        using var sockets = new RefusedSockets();
        var record = new byte[Unsafe.SizeOf<FlowNamedRecord>()];
        for (var i = 0UL; i < Refused; i++)
        {
            var named = new FlowNamedRecord
            {
                Header = new RecordHeader { Type = RecordType.FlowNamed, Length = (uint)record.Length },
                Cookie = ulong.MaxValue - i,
                Verdict = i % 2 == 0 ? KernelVerdict.Refused : KernelVerdict.Allowed,
            };
            MemoryMarshal.Write(record, in named);
            sockets.Inspect(record);
        }

        Assert.InRange(sockets.Lost, 1, Refused / 2);
    }
}
