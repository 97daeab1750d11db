namespace Sallyport.Agent.Core.Correlation;

/// <summary>The next stage of the pipeline.</summary>
/// <typeparam name="TEvent">What it takes.</typeparam>
public interface IEventSink<in TEvent>
{
    /// <summary>Takes one event.</summary>
    void Accept(TEvent value);
}
