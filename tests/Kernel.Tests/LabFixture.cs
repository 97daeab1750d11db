namespace Sallyport.Kernel.Tests;

/// <summary>One laboratory for the tests of a class, which run one after the other.</summary>
public class LabFixture : IAsyncLifetime
{
    private LabNetwork? _lab;

    public LabNetwork Lab
    {
        get
        {
            Assert.SkipWhen(LabNetwork.WhyNot is not null, LabNetwork.WhyNot ?? "");
            return _lab!;
        }
    }

    /// <summary>Attacks that were shown to work here with the agent off: by the name of their test.</summary>
    internal HashSet<string> Controls { get; } = [];

    protected virtual LabOptions Options => LabOptions.FromEnvironment();

    public virtual async ValueTask InitializeAsync()
    {
        if (LabNetwork.WhyNot is null)
        {
            _lab = await LabNetwork.CreateAsync(Options);
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_lab is not null)
        {
            await _lab.DisposeAsync();
        }
    }
}
