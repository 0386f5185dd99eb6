// The answers of a question as buttons. A press is an ordinary message that says which fact it is about.
import { useAuth, useChatData, useChatInteract } from '@chainlit/react-client';

export default function Choices() {
  const { sendMessage } = useChatInteract();
  const { loading, connected } = useChatData();
  const { user } = useAuth();
  const open = props.answered === null;
  const press = (label) => {
    sendMessage({
      threadId: '',
      id: '',
      name: user?.identifier || 'user',
      type: 'user_message',
      output: label,
      metadata: { about: props.about, turn: props.turn }
    });
    // The button is about to be disabled, and would drop the keyboard's place; a phone would open its own.
    if (window.matchMedia('(pointer: fine)').matches) document.getElementById('chat-input')?.focus();
  };
  return (
    <div className="ha-choices" role="group" aria-label={props.text} data-testid="choices">
      {props.labels.map((label) => (
        <button
          key={label}
          type="button"
          disabled={!open || loading || !connected}
          aria-pressed={props.answered === label}
          onClick={() => press(label)}
        >
          {props.answered === label ? '✓ ' : ''}
          {label}
        </button>
      ))}
    </div>
  );
}
