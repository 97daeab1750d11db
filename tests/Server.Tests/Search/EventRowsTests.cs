using System.Globalization;
using System.Runtime.CompilerServices;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Search;

namespace Sallyport.Server.Tests.Search;

public sealed class EventRowsTests
{
    private const int Characters = 60_000;
    private const int Events = 100;
    private const int Fitting = 8;

    [Theory]
    [InlineData("programs")]
    [InlineData("ids of processes")]
    [InlineData("hashes")]
    [InlineData("steps")]
    [InlineData("executions")]
    public void Long_texts_are_forgotten_and_counted(string kind)
    {
        var rows = new EventRows(0, _ => { }, Fitting * (Characters + 100));
        var texts = Accept(rows, kind);
        GC.Collect();
        Assert.InRange(texts.Count(text => text.IsAlive), 0, Fitting);
        Assert.InRange(rows.Forgotten, Events - Fitting, Events);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> Accept(EventRows rows, string kind)
    {
        var texts = new List<WeakReference>(Events);
        for (var i = 0; i < Events; i++)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{i:d6}{new string('a', Characters - 6)}");
            var id = string.Create(CultureInfo.InvariantCulture, $"p{i}");
            texts.Add(new WeakReference(text));
            rows.Accept(kind switch
            {
                "programs" => new ProcessExecuted(id, text, [], false, "/", i, 0, false, null),
                "ids of processes" => new ProcessExecuted(text, "/bin/x", [], false, "/", i, 0, false, null),
                "hashes" => new ExecutableHashed(text, "/bin/x", "", 1),
                "steps" => new StepStarted(id, text, i),
                _ => new ExecutionAssigned(text, null, i, null, null, true, "guid") { Execution = (uint)i + 1 },
            });
        }

        return texts;
    }
}
